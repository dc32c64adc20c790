package deploy_test

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// needs skips the test where a program is missing; in CI it fails instead.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		_, err := exec.LookPath(program)
		switch {
		case err != nil && os.Getenv("CI") == "true":
			t.Fatalf("not proven: %s is missing (deploy/needs.sh installs it)", program)
		case err != nil:
			t.Skipf("NOT PROVEN on this machine, %s is missing", program)
		}
	}
}

// prints runs a command and is what it prints. A command that fails ends the test.
func prints(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

// read is the text of a file.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// mostExposed is what systemd-analyze may find of the unit: 10 is a service without any
// protection.
const mostExposed = 2.0

func TestTheUnitIsHardened(t *testing.T) {
	needs(t, "systemd-analyze")
	report := prints(t, "systemd-analyze", "security", "--offline=true", "antom-checkout.service")
	found := regexp.MustCompile(`Overall exposure level for \S+: ([0-9.]+)`).FindStringSubmatch(report)
	if found == nil {
		t.Fatalf("systemd-analyze tells no exposure:\n%s", report)
	}
	if exposure, err := strconv.ParseFloat(found[1], 64); err != nil || exposure > mostExposed {
		t.Errorf("the unit is exposed by %s, more than %v:\n%s", found[1], mostExposed, report)
	}
}

// A command that an operator types runs as the service runs.
func TestCommandsRunAsTheServiceRuns(t *testing.T) {
	unit, run := read(t, "antom-checkout.service"), read(t, "package/antom-checkout-run")
	for inUnit, inRun := range map[string]string{
		"User=antom-checkout\n":                                  "--reuid=antom-checkout ",
		"Group=antom-checkout\n":                                 "--regid=antom-checkout ",
		"EnvironmentFile=/etc/antom-checkout/settings.env\n":     ". /etc/antom-checkout/settings.env\n",
		"WorkingDirectory=/var/lib/antom-checkout\n":             "cd /var/lib/antom-checkout\n",
		"UMask=0077\n":                                           "umask 077\n",
		"NoNewPrivileges=yes\n":                                  "--no-new-privs ",
		"ExecStart=/usr/bin/antom-checkout serve\n":              `/usr/bin/antom-checkout "$@"`,
		"StateDirectory=antom-checkout\nStateDirectoryMode=0700": "",
	} {
		if !strings.Contains(unit, inUnit) || !strings.Contains(run, inRun) {
			t.Errorf("the unit does not have %q, or antom-checkout-run not %q", inUnit, inRun)
		}
	}
}

// settingIn is a setting in README's table.
var settingIn = regexp.MustCompile("`([A-Z0-9_]+)`")

// settings are the names of all settings, with those of their files.
func settings(t *testing.T) map[string]bool {
	t.Helper()
	_, rest, _ := strings.Cut(read(t, "../README.md"), "<!-- settings:")
	table, _, ended := strings.Cut(rest, "<!-- end of settings -->")
	known := map[string]bool{}
	for line := range strings.Lines(table) {
		names, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		for _, name := range settingIn.FindAllStringSubmatch(names, -1) {
			known[name[1]] = true
			known[name[1]+"_FILE"] = known[name[1]+"_FILE"] || strings.Contains(names, "…_FILE")
		}
	}
	if !ended || !known["ADDR"] || !known["SMTP_URL_FILE"] {
		t.Fatalf("README's table of settings is not found: %v", known)
	}
	return known
}

// TestTheSettingsFileNamesSettings: those that are switched off with a # as well.
func TestTheSettingsFileNamesSettings(t *testing.T) {
	known, named := settings(t), 0
	for line := range strings.Lines(read(t, "settings.env")) {
		name, _, assigned := strings.Cut(strings.TrimPrefix(line, "#"), "=")
		if !assigned || strings.Contains(name, " ") {
			continue
		}
		if named++; !known[name] {
			t.Errorf("there is no setting %s", name)
		}
	}
	if named < 10 {
		t.Errorf("only %d settings are found", named)
	}
}
