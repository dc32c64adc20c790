package examples_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var commandBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// Every command of docs/quickstart.md works as it stands there: a shell runs them one after
// the other, with other ports. Then the order is paid, and its shop ships.
func TestTheQuickstartIsTrue(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil && os.Getenv("CI") == "true" {
			t.Fatalf("not proven: the quickstart needs %s", tool)
		} else if err != nil {
			t.Skipf("NOT PROVEN on this machine, %s is missing: the quickstart", tool)
		}
	}
	page, err := os.ReadFile("../docs/quickstart.md")
	must(t, err)
	checkoutPort, sandboxPort, shopPort := freePort(t), freePort(t), freePort(t)
	folder := t.TempDir()
	script := "set -eu -o pipefail\n"
	for _, block := range commandBlock.FindAllStringSubmatch(string(page), -1) {
		script += block[1]
		if strings.Contains(block[1], "antom-checkout serve &") { // a person waits as long
			script += "until curl -sf $CHECKOUT_URL/readyz >/dev/null; do sleep 0.1; done\n"
		}
	}
	script = strings.NewReplacer("localhost:8080", "127.0.0.1:"+checkoutPort, "localhost:3000", "127.0.0.1:"+shopPort, "go run ./examples/go", "example-shop").Replace(script)
	built(t, "antom-checkout")
	built(t, "example-shop")
	command := exec.CommandContext(t.Context(), "bash", "-c", script+"wait\n")
	command.Dir = folder
	said := &said{grown: make(chan struct{}, 1)}
	command.Stdout, command.Stderr = said, said
	command.Env = append(os.Environ(), "PATH="+binaries+":"+os.Getenv("PATH"), "ADDR=127.0.0.1:"+checkoutPort, "SANDBOX_ADDR=127.0.0.1:"+sandboxPort,
		"PORT="+shopPort, "SHOP_URL=http://127.0.0.1:"+shopPort)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its children end with it
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	must(t, command.Start())
	t.Cleanup(func() {
		_ = command.Cancel() // it may have ended
		_ = command.Wait()
		if t.Failed() {
			t.Logf("the commands print:\n%s", said)
		}
	})
	said.awaits(t, `The shop is at http://127.0.0.1:`+shopPort)
	var order struct {
		Reference   string
		CheckoutURL string `json:"checkout_url"`
	}
	text, err := os.ReadFile(filepath.Join(folder, "order.json"))
	must(t, err)
	if err := json.Unmarshal(text, &order); err != nil || order.Reference != "A-1001" {
		t.Fatalf("the order is %s", text)
	}
	s := &shop{t: t, url: "http://127.0.0.1:" + shopPort, log: said, client: newClient(t)}
	s.paysByCard(checkoutProgram{sandbox: "http://127.0.0.1:" + sandboxPort}, order.CheckoutURL)
	said.awaits(t, `ship the order "A-1001"`)
	if status, _, _ := s.sends("GET", s.url+"/", ""); status != http.StatusOK {
		t.Errorf("the shop is answered %d", status)
	}
}
