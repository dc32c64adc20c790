package sandbox

import (
	"os"
	"path/filepath"
	"testing"
)

func TestKeysAreMadeOnceAndKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "sandbox-keys.json")
	made, err := LoadKeys(path)
	must(t, err)
	kept, err := LoadKeys(path)
	must(t, err)
	if !made.merchant.Equal(kept.merchant) || !made.antom.Equal(kept.antom) {
		t.Error("the keys changed")
	}
	file, err := os.Stat(path)
	must(t, err)
	if file.Mode().Perm() != 0o600 {
		t.Errorf("the keys' file has mode %s", file.Mode())
	}
	must(t, os.WriteFile(path, []byte("{}"), 0o600))
	if _, err := LoadKeys(path); err == nil {
		t.Error("a damaged file is accepted")
	}
}
