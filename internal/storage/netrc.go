package storage

import (
	"os"
	"path/filepath"
	"strings"
)

// login is a user and password for a web server.
type login struct{ user, password string }

// netrcLogin finds a host in the file of logins that curl, git and pip read too: the one that $NETRC names, else
// ~/.netrc. It is given to no server but that one, and never in the clear: only to https and to servers of this machine.
func netrcLogin(at address) *login {
	host := at.url.Hostname()
	if at.url.Scheme != "https" && host != "127.0.0.1" && host != "::1" && host != "localhost" {
		return nil
	}
	path := os.Getenv("NETRC")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		path = filepath.Join(home, ".netrc")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return parseNetrc(string(data), host)
}

// parseNetrc reads words: "machine HOST login USER password WORD". The entry "default" and macros are left alone.
func parseNetrc(text, host string) *login {
	words := strings.Fields(text)
	var found *login
	for i := 0; i+1 < len(words); i += 2 {
		value := words[i+1]
		switch words[i] {
		case "machine":
			if found != nil {
				return found
			}
			if strings.EqualFold(value, host) {
				found = &login{}
			}
		case "default", "macdef":
			return found
		case "login":
			if found != nil {
				found.user = value
			}
		case "password":
			if found != nil {
				found.password = value
			}
		}
	}
	return found
}
