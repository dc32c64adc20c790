package deploy_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// install has the tests build a release, twice and from nothing, and install it in a Debian
// of its own: minutes, the network and root. make prove sets it.
var install = flag.Bool("install", false, "build a release and install its packages in a Debian of their own")

// older is the version of the package that is upgraded.
const older = "v0.0.0-20000101000000-000000000000"

// cloned is a clone of the last commit.
func cloned(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "a-clone")
	prints(t, "git", "clone", "-q", "..", folder)
	return folder
}

// releases builds a release in a clone; variables are set for it. Its folder is returned.
func releases(t *testing.T, clone string, variables ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "sh", "deploy/release.sh", "bin/release")
	command.Dir, command.Env = clone, append(os.Environ(), variables...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("no release: %v\n%s", err, out)
	}
	return filepath.Join(clone, "bin", "release")
}

// TestTwoReleasesAreEqual: two clones in two folders, each compiled from nothing, make the
// same binaries and packages. The SBOM names the tool that made it, and is not compared.
func TestTwoReleasesAreEqual(t *testing.T) {
	if !*install {
		t.Skip("a release is built with -install")
	}
	first, second := releases(t, cloned(t)), releases(t, cloned(t), "GOCACHE="+t.TempDir())
	files, err := filepath.Glob(first + "/*")
	must(t, err)
	compared := 0
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasSuffix(name, ".cdx.json") || name == "SHA256SUMS" {
			continue
		}
		if compared++; !bytes.Equal([]byte(read(t, file)), []byte(read(t, filepath.Join(second, name)))) {
			t.Errorf("%s has other bytes in the other build", name)
		}
	}
	if binaries := len(strings.Fields(cmp.Or(os.Getenv("ARCHITECTURES"), "amd64 arm64"))); compared != 3*binaries {
		t.Errorf("%d files were compared instead of a binary and two packages of each architecture: %v", compared, files)
	}
}

// olderPackages are packages of the program before the last migration, or of the last tag.
func olderPackages(t *testing.T) string {
	t.Helper()
	clone, folder := cloned(t), t.TempDir()
	commit := strings.TrimSpace(prints(t, "git", "-C", clone, "log", "-1", "--diff-filter=A", "--format=%H^", "--", "db/migrations"))
	if tag, err := exec.CommandContext(t.Context(), "git", "-C", clone, "describe", "--tags", "--abbrev=0", "HEAD^").Output(); err == nil {
		commit = strings.TrimSpace(string(tag))
	}
	prints(t, "git", "-C", clone, "checkout", "-q", commit)
	binary := filepath.Join(folder, "antom-checkout")
	prints(t, "go", "-C", clone, "build", "-buildvcs=true", "-trimpath", "-o", binary, ".")
	for _, format := range []string{"deb", "rpm"} {
		command := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/go.mod", "nfpm", "package", "--config", "deploy/nfpm.yaml", "--packager", format, "--target", folder)
		command.Dir, command.Env = "..", append(os.Environ(), "BINARY="+binary, "ARCH=amd64", "VERSION="+older)
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("no older package: %v\n%s", err, out)
		}
	}
	return folder
}

// debian is a minimal Debian in a folder of its own.
type debian struct {
	t      *testing.T
	folder string
}

// newDebian installs one.
func newDebian(t *testing.T) debian {
	t.Helper()
	needs(t, "debootstrap", "rpm")
	d := debian{t, t.TempDir()}
	must(t, os.Chmod(d.folder, 0o755))
	prints(t, "debootstrap", "--variant=minbase", "bookworm", d.folder)
	return d
}

// runs is what a command in it prints.
func (d debian) runs(command ...string) string {
	d.t.Helper()
	return prints(d.t, "chroot", append([]string{d.folder}, command...)...)
}

// takes copies the one file that a pattern finds into it, and is its path there.
func (d debian) takes(pattern string) string {
	d.t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) != 1 {
		d.t.Fatalf("%s is %v", pattern, found)
	}
	inside := "/tmp/" + filepath.Base(found[0])
	must(d.t, os.WriteFile(d.folder+inside, []byte(read(d.t, found[0])), 0o600))
	return inside
}

// has reports whether a file is in it, with this mode and these owners.
func (d debian) has(path, modeAndOwners string) {
	d.t.Helper()
	if is := strings.TrimSpace(d.runs("stat", "-c", "%a %U:%G", path)); is != modeAndOwners {
		d.t.Errorf("%s is %s instead of %s", path, is, modeAndOwners)
	}
}

// hasNot reports whether a file is gone from it.
func (d debian) hasNot(path string) {
	d.t.Helper()
	if _, err := os.Stat(d.folder + path); !os.IsNotExist(err) {
		d.t.Errorf("%s is left: %v", path, err)
	}
}

// sets writes the settings that the service reads, as an operator does.
func (d debian) sets(lines string) {
	d.t.Helper()
	must(d.t, os.WriteFile(d.folder+"/etc/antom-checkout/settings.env", []byte(lines), 0o640)) // the file keeps its owner
}

// A merchant installs the package, sells, upgrades, sells, removes and purges it. No systemd
// runs in the folder: the server is started as the unit starts it.
func TestThePackageServes(t *testing.T) {
	if !*install {
		t.Skip("packages are installed with -install")
	}
	old, release, d := olderPackages(t), releases(t, cloned(t), "ARCHITECTURES=amd64"), newDebian(t)
	shop, sandbox := freeAddress(t), freeAddress(t)
	lines := "ADDR=" + shop + "\nSANDBOX_ADDR=" + sandbox + "\nSHOP_NAME='Tea & Co'\n"

	d.runs("dpkg", "-i", d.takes(old+"/*.deb"))
	d.has("/etc/antom-checkout/settings.env", "640 root:antom-checkout")
	d.has("/etc/antom-checkout", "750 root:antom-checkout")
	d.has("/var/lib/antom-checkout", "700 antom-checkout:antom-checkout")
	d.sets(lines)
	stop := d.serves(shop)
	first := buys(t, d, shop, sandbox)
	stop()
	d.has("/var/lib/antom-checkout/data/checkout.db", "600 antom-checkout:antom-checkout")

	d.runs("dpkg", "-i", d.takes(release+"/*.deb"))
	if now := read(t, d.folder+"/etc/antom-checkout/settings.env"); now != lines {
		t.Errorf("after the upgrade the settings are %s", now)
	}
	stop = d.serves(shop)
	if second := buys(t, d, shop, sandbox); second == first {
		t.Errorf("two orders are %s", first)
	}
	if shown := d.runs("antom-checkout-run", "show", first); !strings.Contains(shown, "paid") {
		t.Errorf("the order from before the upgrade is %s", shown)
	}
	stop()

	d.runs("dpkg", "--remove", "antom-checkout")
	d.hasNot("/usr/bin/antom-checkout")
	d.has("/etc/antom-checkout/settings.env", "640 root:antom-checkout")
	said := d.runs("dpkg", "--purge", "antom-checkout")
	d.hasNot("/etc/antom-checkout/settings.env")
	d.has("/var/lib/antom-checkout/data/checkout.db", "600 antom-checkout:antom-checkout")
	if !strings.Contains(said, "The orders stay in /var/lib/antom-checkout.") {
		t.Errorf("the purge says %s", said)
	}
	d.takesRPM(old, release)
}

// takesRPM installs, upgrades and erases the .rpm. Debian's rpm does so in the same folder.
func (d debian) takesRPM(old, release string) {
	d.t.Helper()
	rpm := func(arguments ...string) {
		d.t.Helper()
		prints(d.t, "rpm", append([]string{"--root", d.folder, "--nodeps"}, arguments...)...)
	}
	rpm("-i", d.folder+d.takes(old+"/*.rpm"))
	d.has("/etc/antom-checkout/settings.env", "640 root:antom-checkout")
	d.sets("SHOP_NAME='Tea & Co'\n")
	rpm("-U", d.folder+d.takes(release+"/*.rpm"))
	if now := read(d.t, d.folder+"/etc/antom-checkout/settings.env"); now != "SHOP_NAME='Tea & Co'\n" {
		d.t.Errorf("after the upgrade of the .rpm the settings are %s", now)
	}
	d.has("/usr/bin/antom-checkout", "755 root:root")
	rpm("-e", "antom-checkout")
	d.hasNot("/usr/bin/antom-checkout")
	d.has("/var/lib/antom-checkout/data/checkout.db", "600 antom-checkout:antom-checkout")
}

// serves starts the server as the unit does, and waits until it is ready. stop ends it as
// systemd does.
func (d debian) serves(address string) (stop func()) {
	d.t.Helper()
	command := exec.CommandContext(d.t.Context(), "chroot", d.folder, "antom-checkout-run", "serve")
	log := new(bytes.Buffer) // read when the server has ended
	command.Stdout, command.Stderr = log, log
	must(d.t, command.Start())
	ready := ready("http://" + address + "/readyz")
	stop = func() {
		must(d.t, command.Process.Signal(syscall.SIGTERM))
		if err := command.Wait(); err != nil {
			d.t.Errorf("the server ends: %v\n%s", err, log)
		}
	}
	if !ready {
		stop()
		d.t.Fatalf("the server does not become ready:\n%s", log)
	}
	return stop
}

// ready waits until an address answers 200.
func ready(address string) bool {
	for until := time.Now().Add(60 * time.Second); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if res, err := http.Get(address); err == nil {
			_ = res.Body.Close() // nothing is read
			if res.StatusCode == http.StatusOK {
				return true
			}
		}
	}
	return false
}

// buys has a shop order by the API and a buyer pay by card, and is the order's number.
func buys(t *testing.T, d debian, shop, sandbox string) string {
	t.Helper()
	key := regexp.MustCompile(`ak_test_\w+`).FindString(d.runs("antom-checkout-run", "keys", "create", "--name", "shop", "--scopes", "orders:read,orders:write"))
	var order struct {
		ID, Number, Status string
		CheckoutURL        string `json:"checkout_url"`
	}
	asks(t, "POST", "http://"+shop+"/api/v1/orders", key, `{"currency":"SGD","lines":[{"name":"Enamel mug","quantity":1,"unit_amount":2400}],
		"buyer":{"email":"ann@example.com"},"success_url":"http://localhost:3000/","cancel_url":"http://localhost:3000/"}`, &order)
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	asks(t, "POST", order.CheckoutURL+"/payments", "", `{"method":"CARD"}`, &started)
	asks(t, "POST", "http://"+sandbox+"/control/payments/"+started.PaymentRequestID+"/pay", "", "{}", nil)
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until) && order.Status != "paid"; time.Sleep(50 * time.Millisecond) {
		asks(t, "GET", "http://"+shop+"/api/v1/orders/"+order.ID, key, "", &order)
	}
	if order.Status != "paid" {
		t.Fatalf("the order is %+v", order)
	}
	return order.Number
}

// asks sends JSON and reads the answer into it.
func asks(t *testing.T, method, address, key, body string, answer any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
		req.Header.Set("Idempotency-Key", t.Name()+time.Now().Format(time.RFC3339Nano))
	}
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(t, err)
	if res.StatusCode >= 300 {
		t.Fatalf("%s %s is answered %d %s", method, address, res.StatusCode, text)
	}
	if answer != nil {
		must(t, json.Unmarshal(text, answer))
	}
}

// freeAddress is an address of this machine that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
