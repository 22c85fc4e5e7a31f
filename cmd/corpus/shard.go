package main

import "github.com/spf13/cobra"

func newShardCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "shard",
		Short:   "Write packed shards in the formats of other trainers",
		Long:    `Shard works on the packed shards of a finished build (docs/shards.md).`,
		Example: `  corpus shard convert out/quickstart --format megatron -o megatron`,
	}
	group(cmd, newShardConvertCommand())
	return cmd
}
