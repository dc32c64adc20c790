package app

import (
	"bufio"
	"context"
	"crypto/sha1" // #nosec G505 -- the service's own form of its list
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"antom-checkout/checkout"
)

// breachAnswerTime is how long the service of breached passwords may take. A person waits.
const breachAnswerTime = 3 * time.Second

// breachAnswerSize is the most that is read of an answer: a range has some hundred lines.
const breachAnswerSize = 1 << 20

// breachesOf asks the service of BREACHED_PASSWORDS_URL about passwords, or is nil without it.
// A service that does not answer refuses none: the built-in list has been asked before.
func breachesOf(p *Program) func(context.Context, string) bool {
	at := p.Settings.BreachedPasswords
	if at == nil {
		return nil
	}
	client := &http.Client{Timeout: breachAnswerTime}
	return func(ctx context.Context, password string) bool {
		found, err := isInRange(ctx, client, at, password)
		if err != nil {
			p.Log.WarnContext(ctx, "breached passwords were not asked about", slog.Any(checkout.LogError, err))
		}
		return found
	}
}

// isInRange asks for all hashes that begin like that of the password, so that the service
// gets five digits of the hash (k-anonymity). Lines are the rest of a hash, a colon and how
// often it was found; 0 is padding, by which the length of an answer says nothing.
func isInRange(ctx context.Context, client *http.Client, at *url.URL, password string) (bool, error) {
	sum := sha1.Sum([]byte(password)) // #nosec G401 -- the service's own form of its list
	hash := strings.ToUpper(hex.EncodeToString(sum[:]))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.JoinPath(hash[:5]).String(), nil)
	if err != nil {
		return false, err
	}
	req.Header.Set("Add-Padding", "true")
	req.Header.Set("User-Agent", "antom-checkout")
	res, err := client.Do(req)
	if err != nil {
		return false, fmt.Errorf("ask for a range: %w", withoutAddress(err))
	}
	defer res.Body.Close() //nolint:errcheck // it was only read
	if res.StatusCode != http.StatusOK {
		return false, fmt.Errorf("ask for a range: status %d", res.StatusCode)
	}
	lines := bufio.NewScanner(io.LimitReader(res.Body, breachAnswerSize))
	for lines.Scan() {
		if rest, times, _ := strings.Cut(lines.Text(), ":"); strings.EqualFold(rest, hash[5:]) {
			return strings.TrimSpace(times) != "0", nil
		}
	}
	return false, lines.Err()
}

// withoutAddress is an error of a request without the address, which has a part of the hash.
func withoutAddress(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
