package sandbox

import (
	"bytes"
	"encoding/json"
	"strings"

	"antom-checkout/antom"
)

// whyWrong finds out what a signature that does not fit was made over, by trying
// the mistakes people make, and says so in plain language.
func (g *gateway) whyWrong(signature antom.Signature, method, path, id, at string, body []byte) string {
	signs := func(text string) bool {
		return signature.Verify(&g.keys.merchant.PublicKey, []byte(text)) == nil
	}
	content := string(antom.SigningString(method, path, id, at, body))
	for _, other := range otherPaths(g.url, path) {
		if signs(string(antom.SigningString(method, other, id, at, body))) {
			return "signing string differs at the path: you signed " + other + ", the request went to " + path
		}
	}
	for _, other := range []struct{ text, says string }{
		{content + "\n", "signing string ends with a line break that should not be there"},
		{strings.ReplaceAll(content, "\n", "\r\n"), "signing string breaks its line with CR LF; a single LF is right"},
		{strings.Replace(content, "\n", " ", 1), "signing string has no line break after the path"},
		{strings.Replace(content, "\n", `\n`, 1), `signing string has the two characters \n instead of a line break`},
		{strings.ToLower(method) + content[len(method):], "signing string has the method in lower case"},
		{method + " " + path + "\n" + id + "." + at + ".", "signing string has no body: you signed an empty one"},
		{method + " " + path + "\n" + at + "." + id + "." + string(body), "signing string has client id and time the other way round"},
		{method + " " + path + "\n" + id + "." + string(body), "signing string has no Request-Time"},
		{string(body), "you signed the body alone, without method, path, client id and time"},
	} {
		if signs(other.text) {
			return other.says
		}
	}
	for _, other := range otherBodies(body) {
		if signs(string(antom.SigningString(method, path, id, at, other.bytes))) {
			return "signing string differs at the body: " + other.says
		}
	}
	return "the signature fits neither this request nor a common mistake: another private key, or a client id, time or body that changed after signing"
}

// otherPaths are the paths people sign instead of the one they call.
func otherPaths(base, path string) []string {
	live := strings.Replace(path, "/ams/sandbox/api/", "/ams/api/", 1)
	sandbox := strings.Replace(live, "/ams/api/", "/ams/sandbox/api/", 1)
	var others []string
	for _, p := range []string{live, sandbox} {
		others = append(others, p, base+p, p+"/", strings.TrimPrefix(p, "/"))
	}
	return others
}

type otherBody struct {
	bytes []byte
	says  string
}

// otherBodies are the texts people sign instead of the bytes they send.
func otherBodies(body []byte) []otherBody {
	others := []otherBody{
		{bytes.TrimSpace(body), "you signed it without the white space around it"},
		{append(bytes.Clone(body), '\n'), "you signed it with a line break at its end"},
	}
	var compact, indented bytes.Buffer
	if json.Compact(&compact, body) == nil {
		others = append(others, otherBody{compact.Bytes(), "you signed it without white space, and sent it with"})
	}
	for _, indent := range []string{"  ", "    ", "\t"} {
		indented.Reset()
		if json.Indent(&indented, body, "", indent) == nil {
			others = append(others, otherBody{bytes.Clone(indented.Bytes()), "you signed it indented, and sent it otherwise"})
		}
	}
	return others
}
