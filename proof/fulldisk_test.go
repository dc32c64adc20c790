package proof_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"antom-checkout/antom/sandbox"
)

// smallDisk mounts a file system of so many megabytes in memory.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "proof") // PostgreSQL's user may enter it
	must(t, err)
	t.Cleanup(func() { must(t, os.Remove(folder)) })
	if err := syscall.Mount("proof", folder, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Skipf("NOT PROVEN: a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(folder, syscall.MNT_DETACH)) })
	return folder
}

// fill leaves no byte free until makeRoom is called.
func fill(t *testing.T, folder string) (makeRoom func()) {
	t.Helper()
	path := filepath.Join(folder, "filler")
	file, err := os.Create(path)
	must(t, err)
	defer file.Close()
	for _, size := range []int{1 << 16, 1} {
		for err == nil {
			_, err = file.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
		err = nil
	}
	return func() { must(t, os.Remove(path)) }
}

// TestAFullDiskLosesNothing: while the program cannot store it acknowledges nothing and
// serves its pages; once there is room again, it goes on without a restart.
func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	folder := smallDisk(t, 8)
	testKeys()
	m := newMerchant(t, folder)
	m.starts()
	path, id, err := m.starting(t.Context(), "GCASH")
	must(t, err)
	makeRoom := fill(t, folder)

	must(t, m.control.Pay(id))
	await(t, "the notification has been answered", func() error {
		if len(m.notification(t).Sendings) > 0 {
			return nil
		}
		return errors.New("it was not sent yet")
	})
	if n := m.notification(t); n.State != sandbox.NotificationWaiting || n.Sendings[0].Status < 500 {
		t.Errorf("on a full disk the notification was answered with %d and is %s", n.Sendings[0].Status, n.State)
	}
	must(t, m.expectStatus("/readyz", http.StatusServiceUnavailable))
	for _, page := range []string{"/", "/cart", "/healthz", path, path + "/status"} {
		must(t, m.expectStatus(page, http.StatusOK))
	}

	makeRoom()
	await(t, "the shop is ready by itself", func() error { return m.expectStatus("/readyz", http.StatusOK) })
	must(t, m.control.Advance(3*time.Minute)) // Antom sends again
	await(t, "the notification is acknowledged", func() error {
		if n := m.notification(t); n.State != sandbox.NotificationAcknowledged {
			return fmt.Errorf("it is %s after %d sendings", n.State, len(n.Sendings))
		}
		return nil
	})
	await(t, "the order is paid", func() error { return firstOf(m.truth().whenQuiet()) })
}

// notification is the only one that Antom has sent.
func (m *merchant) notification(t *testing.T) sandbox.Notification {
	t.Helper()
	notifications := m.control.Notifications()
	if len(notifications) != 1 {
		t.Fatalf("there are %d notifications", len(notifications))
	}
	return notifications[0]
}
