package operators

import (
	"testing"

	"github.com/alexedwards/argon2id"
)

// WatchHashes calls computed with the parameters of each hash that is computed, until the test ends.
func WatchHashes(t testing.TB, computed func(argon2id.Params)) {
	t.Cleanup(func() { compare = argon2id.ComparePasswordAndHash })
	compare = func(password, hash string) (bool, error) {
		params, _, _, err := argon2id.DecodeHash(hash)
		if err != nil {
			t.Error(err)
			return false, err
		}
		computed(*params)
		return argon2id.ComparePasswordAndHash(password, hash)
	}
}
