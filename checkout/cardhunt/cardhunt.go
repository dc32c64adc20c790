// Package cardhunt looks for a card in what a program leaves behind, in every spelling in
// which the program might have stored it. Only tests import it.
package cardhunt

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Spellings are the spellings of each secret, by a name that tells what it is.
func Spellings(secrets ...string) map[string]string {
	spelt := map[string]string{}
	for _, secret := range secrets {
		escaped, _ := json.Marshal(secret) // a text can always be marshalled
		var dotted strings.Builder         // \u0034\u0030…
		for _, r := range secret {
			fmt.Fprintf(&dotted, `\u%04x`, r)
		}
		for way, text := range map[string]string{
			"plain": secret, "JSON": strings.Trim(string(escaped), `"`), "JSON, escaped": dotted.String(),
			"URL": url.QueryEscape(secret), "URL path": url.PathEscape(secret), "hex": hex.EncodeToString([]byte(secret)),
			"bytes": strings.Trim(fmt.Sprint([]byte(secret)), "[]"), "reversed": reversed(secret),
		} {
			spelt[way+" "+secret] = text
		}
		for offset := range 3 { // the middle of base64, wherever the secret begins
			whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + secret))
			spelt[fmt.Sprintf("base64 after %d %s", offset, secret)] = whole[4 : len(whole)-4]
		}
	}
	return spelt
}

func reversed(text string) string {
	runes := []rune(text)
	slices.Reverse(runes)
	return string(runes)
}

// Find returns the names of the spellings that stand in the content, in upper or lower
// case.
func Find(content []byte, spelt map[string]string) (names []string) {
	content = bytes.ToLower(content)
	for name, text := range spelt {
		if bytes.Contains(content, []byte(strings.ToLower(text))) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
