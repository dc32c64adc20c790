package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	shellBlock = regexp.MustCompile("(?ms)^ *```sh\n(.*?)^ *```")
	commandRow = regexp.MustCompile("(?m)^\\| `antom-checkout ([^`]+)` \\| (.*)$")
	settingIs  = regexp.MustCompile("`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`")
	pageLink   = regexp.MustCompile(`\]\(([^)#:]+)\)`)
	repository = regexp.MustCompile(`\b(?:deploy|docs)/[\w./-]+\.\w+`)
	flagIn     = regexp.MustCompile(`--[a-z-]+`)
)

// others are the programs of other makers that the pages name: a test of this folder runs
// some, and an operator's system has the rest.
var others = map[string]bool{
	"caddy": true, "cp": true, "df": true, "docker": true, "dpkg": true, "du": true, "editor": true, "go": true, "install": true, "journalctl": true, "litestream": true,
	"nginx": true, "openssl": true, "promtool": true, "sha256sum": true, "systemctl": true,
}

// operatingPages are the files of docs/operate with their texts.
func operatingPages(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, pattern := range []string{"../docs/operate/*.md", "../docs/operate/incidents/*.md"} {
		files, err := filepath.Glob(pattern)
		must(t, err)
		for _, file := range files {
			pages[file] = read(t, file)
		}
	}
	if len(pages) < 12 {
		t.Fatalf("only %d pages are found", len(pages))
	}
	return pages
}

// commands are those of README's table, each with its row.
func commands(t *testing.T) map[string]string {
	t.Helper()
	rows := map[string]string{}
	for _, row := range commandRow.FindAllStringSubmatch(read(t, "../README.md"), -1) {
		name, _, _ := strings.Cut(row[1], " ")
		rows[name] = row[1] + " " + row[2]
	}
	return rows
}

// TestTheOperatingPagesNameWhatThereIs: every command with its action and flags, every
// setting, every file and every other page that docs/operate names.
func TestTheOperatingPagesNameWhatThereIs(t *testing.T) {
	rows, known := commands(t), settings(t)
	for file, text := range operatingPages(t) {
		for _, block := range shellBlock.FindAllStringSubmatch(text, -1) {
			for line := range strings.Lines(block[1]) {
				if problem := wrongWith(strings.Fields(line), rows); problem != "" {
					t.Errorf("%s: %s: %s", file, strings.TrimSpace(line), problem)
				}
			}
		}
		for _, name := range settingIs.FindAllStringSubmatch(text, -1) {
			if !known[name[1]] && !isAntomCode[name[1]] && !ofOpenTelemetry[name[1]] {
				t.Errorf("%s: there is no setting %s", file, name[1])
			}
		}
		for _, link := range pageLink.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), link[1])); err != nil {
				t.Errorf("%s leads to %s, which does not exist", file, link[1])
			}
		}
		for _, path := range repository.FindAllString(text, -1) {
			if _, err := os.Stat(filepath.Join("..", path)); err != nil {
				t.Errorf("%s names %s, which does not exist", file, path)
			}
		}
	}
	for _, page := range regexp.MustCompile(`page: (\S+)`).FindAllStringSubmatch(read(t, "prometheus/alerts.yaml"), -1) {
		if _, err := os.Stat("../" + page[1]); err != nil {
			t.Errorf("an alert names %s, which does not exist", page[1])
		}
	}
}

// ofOpenTelemetry are variables that its library reads, and the program does not.
var ofOpenTelemetry = map[string]bool{"OTEL_TRACES_SAMPLER": true, "OTEL_TRACES_SAMPLER_ARG": true, "OTEL_RESOURCE_ATTRIBUTES": true}

// isAntomCode are codes of Antom that the pages name like settings.
var isAntomCode = map[string]bool{"INVALID_SIGNATURE": true, "KEY_NOT_FOUND": true}

// wrongWith says what a line of a page names that there is not, or "".
func wrongWith(words []string, rows map[string]string) string {
	switch words[0] {
	case "antom-checkout", "antom-checkout-run":
	case "make":
		makefile, err := os.ReadFile("../Makefile")
		if err != nil || !strings.Contains(string(makefile), "\n"+words[1]+":") {
			return "make has no such target"
		}
		return ""
	default:
		if !others[words[0]] {
			return "no test knows this program"
		}
		return ""
	}
	row, ok := rows[words[1]]
	if !ok {
		return "there is no such command"
	}
	for _, word := range words[2:] {
		if flag := flagIn.FindString(word); flag != "" && !strings.Contains(row, flag) {
			return "the command has no flag " + flag
		}
	}
	if strings.Contains(row, words[1]+" ACTION") && !strings.Contains(row, "`"+words[2]+"`") && !actionElsewhere[words[1]+" "+words[2]] {
		return "the command has no such action"
	}
	return ""
}

// actionElsewhere are the actions that README explains below the table.
var actionElsewhere = map[string]bool{"admin refund": true, "admin accept": true}
