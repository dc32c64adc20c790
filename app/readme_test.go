package app

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write the README's tables anew")

const readme = "../README.md"

// TestTheReadmeHoldsTheTables: the tables that an operator reads are made from the
// rows that the program uses.
func TestTheReadmeHoldsTheTables(t *testing.T) {
	before, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	after := inserted(t, string(before), "commands", commandTable())
	after = inserted(t, after, "settings", settingTable())
	switch {
	case after == string(before):
	case *write:
		if err := os.WriteFile(readme, []byte(after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error(`README.md is behind: run "go test ./app -run TheReadme -write"`)
	}
}

// inserted puts a table between the comments that mark its place.
func inserted(t *testing.T, page, name, table string) string {
	t.Helper()
	place := regexp.MustCompile(`(?s)(<!-- ` + name + `: .+? -->\n).*?(<!-- end of ` + name + ` -->)`)
	if len(place.FindAllString(page, -1)) != 1 {
		t.Fatalf("README.md has not one place for the table of %s", name)
	}
	return place.ReplaceAllStringFunc(page, func(found string) string {
		marks := place.FindStringSubmatch(found)
		return marks[1] + "\n" + table + "\n" + marks[2]
	})
}

func commandTable() string {
	var b strings.Builder
	b.WriteString("| Command | |\n|---|---|\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", strings.TrimSpace("antom-checkout "+c.name+" "+c.synopsis), c.summary)
	}
	return b.String()
}

func settingTable() string {
	var b strings.Builder
	b.WriteString("| Setting | Default | |\n|---|---|---|\n")
	for _, row := range new(Settings).rows() {
		name := "`" + row.env + "`"
		if row.into.secret {
			name += ", `…_FILE`"
		}
		byDefault := row.byDefault()
		if byDefault != "" {
			byDefault += " "
		}
		fmt.Fprintf(&b, "| %s | %s| %s |\n", name, byDefault, row.summary)
	}
	return b.String()
}

// A pipe would end a cell of the table, a line break the row.
func TestTheTablesCellsHoldNoMark(t *testing.T) {
	for _, row := range new(Settings).rows() {
		if strings.ContainsAny(row.env+row.byDefault()+row.summary, "|\n") || row.summary == "" {
			t.Errorf("the row of %s would break the table", row.env)
		}
	}
	for _, c := range commands() {
		if strings.ContainsAny(c.name+c.synopsis+c.summary, "|\n") || c.summary == "" || c.run == nil || c.settings == nil {
			t.Errorf("the row of %s is not whole, or would break the table", c.name)
		}
	}
}
