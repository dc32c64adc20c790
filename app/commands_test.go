package app

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// runs is a command line's exit code and what it prints.
func runs(t *testing.T, env environ, line string) (code int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	code = Run(t.Context(), strings.Fields(line), env.get, &out, &problems)
	return code, out.String(), problems.String()
}

func TestTheManualNamesEveryCommand(t *testing.T) {
	code, manual, _ := runs(t, nil, "-h")
	for _, line := range []string{"--help", "help"} {
		if again, text, _ := runs(t, nil, line); code != 0 || again != 0 || text != manual {
			t.Errorf("%s answers %d and another manual", line, again)
		}
	}
	for _, c := range commands() {
		if !strings.Contains(manual, "\n  "+c.name+"\n") {
			t.Errorf("the manual does not name %s", c.name)
		}
		code, text, problems := runs(t, environ{"CURRENCY": "wrong"}, c.name+" -h")
		if code != 0 || problems != "" || !strings.HasPrefix(text, "usage: antom-checkout "+c.name) || !strings.Contains(text, strings.Fields(plain(c.summary))[0]) {
			t.Errorf("%s -h answers %d %q %q", c.name, code, text, problems)
		}
		if _, same, _ := runs(t, nil, "help "+c.name); same != text {
			t.Errorf("help %s says something else than %s -h", c.name, c.name)
		}
		for row := range strings.Lines(text + manual) {
			if len(row) > 91 && !strings.HasPrefix(row, "usage:") {
				t.Errorf("a line of %s -h has %d columns: %s", c.name, len(row), row)
			}
		}
	}
}

func TestHelpNamesEverySettingAndFlag(t *testing.T) {
	_, text, _ := runs(t, nil, "serve -h")
	for _, row := range new(Settings).rows() {
		if !strings.Contains(text, "  --"+flagName(row.env)+", "+row.env+"\n") {
			t.Errorf("the help does not name %s", row.env)
		}
		if row.into.secret && !strings.Contains(text, "  --"+flagName(row.env)+"-file, "+row.env+"_FILE\n") {
			t.Errorf("the help does not name the file of %s", row.env)
		}
	}
	if !strings.Contains(text, "(default localhost:8080)") || strings.Contains(text, "`") {
		t.Error("the help names no defaults, or has marks of Markdown")
	}
	_, text, _ = runs(t, nil, "admin -h")
	for _, part := range []string{"--order", "--key", "--amount", "--json", "capture ", "refund ", "cancel ", "accept ", "ABCDE-FGHIJ"} {
		if !strings.Contains(text, part) {
			t.Errorf("admin -h does not name %s", part)
		}
	}
	_, text, _ = runs(t, nil, "sandbox -h")
	if !strings.Contains(text, "--ledger") || !strings.Contains(text, "SANDBOX_ADDR") || strings.Contains(text, "ANTOM_URL") {
		t.Errorf("the sandbox has other flags: %s", text)
	}
}

func TestExitCodes(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, _, problems := runs(t, environ{"DATABASE_URL": "data/shop.db"}, "migrate"); code != 0 {
		t.Fatal(problems)
	}
	for line, want := range map[string]int{
		"version":            0,
		"migrate":            0,
		"backup copy.db":     0,
		"audit":              0,
		"nonsense":           2,
		"help nonsense":      2,
		"backup":             2,
		"backup a b":         2,
		"audit all":          2,
		"version -v":         2,
		"serve -colour=red":  2,
		"serve -currency X":  2,
		"sandbox -colour=1":  2,
		"sandbox now":        2,
		"admin":              2,
		"admin pay":          2,
		"page-inventory now": 2,
		"audit -database-url no/such/folder/shop.db":     1,
		"backup -database-url shop.db no/such/folder/db": 1,
		"serve -addr 192.0.2.1:http":                     1,
		"serve -addr nowhere:http:x":                     2,
		"admin refund --order ABCDE-FGHIJ --key k":       1,
	} {
		t.Run(line, func(t *testing.T) {
			code, _, problems := runs(t, environ{"DATABASE_URL": "data/shop.db"}, line)
			if code != want || (code == 0) != (problems == "") {
				t.Errorf("exit code %d, want %d: %s", code, want, problems)
			}
		})
	}
}

// A file may be named before or after the flags.
func TestArgumentsAndFlagsMayChangePlaces(t *testing.T) {
	folder := t.TempDir()
	database := filepath.Join(folder, "shop.db")
	if code, _, problems := runs(t, nil, "migrate -database-url "+database); code != 0 {
		t.Fatal(problems)
	}
	for name, line := range map[string]string{
		"first": "backup " + folder + "/first -database-url " + database,
		"last":  "backup -database-url " + database + " " + folder + "/last",
	} {
		if code, _, problems := runs(t, nil, line); code != 0 {
			t.Errorf("%s: %s", line, problems)
		}
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestTheVersionIsOneLine(t *testing.T) {
	_, text, _ := runs(t, environ{"CURRENCY": "wrong"}, "version")
	if !strings.HasPrefix(text, "antom-checkout ") || strings.Count(text, "\n") != 1 || !strings.Contains(text, " go1.") {
		t.Errorf("version prints %q", text)
	}
}

// The sandbox heeds its own settings and no other.
func TestTheSandboxRunsAlone(t *testing.T) {
	t.Chdir(t.TempDir())
	stdout := newSaid()
	ended := make(chan int, 1)
	ctx, stop := contextOf(t)
	env := environ{"SANDBOX_ADDR": "127.0.0.1:0", "CURRENCY": "wrong", "LOG_FORMAT": "json"}
	go func() { ended <- Run(ctx, []string{"sandbox"}, env.get, stdout, io.Discard) }()
	p := &program{t: t, client: plainClient()}
	at := stdout.find(t, `The sandbox is at (\S+)`)
	if status, _, text := p.send("GET", at+"/control/credentials", "", ""); status != 200 || !strings.Contains(text, "merchant_private_key") {
		t.Errorf("its credentials are answered %d %s", status, text)
	}
	stop()
	if code := <-ended; code != 0 {
		t.Errorf("it ends with exit code %d", code)
	}
	if _, err := os.Stat("data/sandbox-keys.json"); err != nil {
		t.Error(err)
	}
	if code, _, problems := runs(t, environ{"LOG_LEVEL": "loud"}, "sandbox"); code != 2 || !strings.Contains(problems, "LOG_LEVEL") {
		t.Errorf("a wrong level ends with %d %s", code, problems)
	}
}
