package config

import (
	"reflect"

	"github.com/goccy/go-yaml/ast"
)

// entry is one key of a mapping.
type entry struct {
	name  string
	key   ast.Node // where it stands
	value ast.Node
}

// entries are the keys of a mapping, its own before those that "<<" merges into it, which they override.
func (d *decoder) entries(node ast.Node, want reflect.Type) ([]entry, error) {
	return d.collect(node, want, nil, map[string]bool{})
}

func (d *decoder) collect(node ast.Node, want reflect.Type, found []entry, seen map[string]bool) ([]entry, error) {
	node, err := d.resolve(node)
	if err != nil {
		return nil, err
	}
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		return nil, typeError(node, want)
	}
	var merged []ast.Node
	for _, v := range values {
		if v.Key.IsMergeKey() {
			merged = append(merged, v.Value)
			continue
		}
		if name := keyText(v.Key); !seen[name] {
			seen[name] = true
			found = append(found, entry{name, v.Key, v.Value})
		}
	}
	for _, m := range merged {
		if found, err = d.merge(m, want, found, seen); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// merge adds the keys of what "<<" names: a mapping or a list of them, of which the first wins.
func (d *decoder) merge(node ast.Node, want reflect.Type, found []entry, seen map[string]bool) ([]entry, error) {
	node, err := d.resolve(node)
	if err != nil {
		return nil, err
	}
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		return d.collect(node, want, found, seen)
	}
	for _, m := range list.Values {
		if found, err = d.collect(m, want, found, seen); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// resolve is what a node stands for, past its anchor and aliases. Aliases of aliases could make a small file
// come to billions of nodes, so it counts them.
func (d *decoder) resolve(node ast.Node) (ast.Node, error) {
	for {
		if d.steps++; d.steps > maxSteps {
			return nil, syntaxError(node, "too large once its aliases are followed")
		}
		switch n := node.(type) {
		case *ast.AnchorNode:
			node = n.Value
		case *ast.AliasNode:
			node = d.aliases[n]
		case *ast.TagNode:
			return nil, syntaxError(node, "a config has no tags such as %s", n.Start.Value)
		default:
			return node, nil
		}
	}
}

// bindAliases finds what each alias stands for: the last anchor of its name that was complete before it.
func bindAliases(root ast.Node) (map[*ast.AliasNode]ast.Node, error) {
	b := binder{anchors: map[string]ast.Node{}, aliases: map[*ast.AliasNode]ast.Node{}}
	ast.Walk(&b, root)
	return b.aliases, b.err
}

type binder struct {
	anchors map[string]ast.Node
	aliases map[*ast.AliasNode]ast.Node
	err     error
}

// Visit implements ast.Visitor.
func (b *binder) Visit(node ast.Node) ast.Visitor {
	switch n := node.(type) {
	case *ast.AnchorNode:
		ast.Walk(b, n.Value)
		b.anchors[n.Name.GetToken().Value] = n.Value // only now: an alias inside its own anchor would never end
		return nil
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		anchored, ok := b.anchors[name]
		if !ok && b.err == nil {
			b.err = syntaxError(n, "there is no anchor &%s before it", name)
		}
		b.aliases[n] = anchored
		return nil
	}
	return b
}

// keyText is a key without its quotes.
func keyText(key ast.MapKeyNode) string {
	switch k := key.(type) {
	case *ast.StringNode:
		return k.Value
	case *ast.MappingKeyNode:
		if s, ok := k.Value.(*ast.StringNode); ok {
			return s.Value
		}
	}
	return key.String()
}
