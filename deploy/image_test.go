package deploy_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// image is a folder with what the Containerfile's last stage holds, certificates aside.
type image struct {
	t           *testing.T
	folder      string
	environment []string
	healthcheck []string
}

// newImage builds the program into one.
func newImage(t *testing.T, address string) image {
	t.Helper()
	i := image{t: t, folder: t.TempDir()}
	file := read(t, "container/Containerfile")
	variables := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(file)
	check := regexp.MustCompile(`(?m)^HEALTHCHECK .*CMD (\[.*\])$`).FindStringSubmatch(file)
	if variables == nil || check == nil || !strings.Contains(file, "\nUSER 65532:65532\n") {
		t.Fatal("the Containerfile names no variables, no health check, or another user")
	}
	must(t, json.Unmarshal([]byte(check[1]), &i.healthcheck))
	i.environment = append(strings.Fields(strings.Replace(variables[1], "ADDR=0.0.0.0:8080", "ADDR="+address, 1)), "SANDBOX_ADDR="+freeAddress(t))
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", filepath.Join(i.folder, "antom-checkout"), "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the program is not built: %s", out)
	}
	for name, mode := range map[string]os.FileMode{"data": 0o700, "tmp": 0o777 | os.ModeSticky} {
		must(t, os.Mkdir(filepath.Join(i.folder, name), 0o700))
		must(t, os.Chmod(filepath.Join(i.folder, name), mode))
	}
	must(t, os.Chown(filepath.Join(i.folder, "data"), 65532, 65532))
	must(t, os.Chmod(i.folder, 0o755)) // root's: the program cannot write it
	return i
}

// command runs in the image, as its user.
func (i image) command(words ...string) *exec.Cmd {
	command := exec.CommandContext(i.t.Context(), "chroot", append([]string{"--userspec=65532:65532", i.folder}, words...)...)
	command.Env = i.environment
	return command
}

// TestTheImageNeedsNothingElse: in a folder with nothing but the program, as a user without
// a name, the server becomes ready, and the image's health check tells so. No engine for
// containers is needed; what it adds, such as the file system that cannot be written, is not
// shown.
func TestTheImageNeedsNothingElse(t *testing.T) {
	if !*install {
		t.Skip("the program is run in an empty root with -install")
	}
	address := freeAddress(t)
	i := newImage(t, address)
	server, log := i.command("/antom-checkout", "serve"), new(bytes.Buffer)
	server.Stdout, server.Stderr = log, log // read when it has ended
	must(t, server.Start())
	isReady := ready("http://" + address + "/readyz")
	out, err := i.command(i.healthcheck...).CombinedOutput()
	must(t, server.Process.Signal(syscall.SIGTERM))
	if ended := server.Wait(); ended != nil || !isReady || err != nil {
		t.Fatalf("ready is %v, the health check %v %s, the end %v:\n%s", isReady, err, out, ended, log)
	}
	if out, err := i.command(i.healthcheck...).CombinedOutput(); err == nil {
		t.Errorf("without a server the health check says %s", out)
	}
}
