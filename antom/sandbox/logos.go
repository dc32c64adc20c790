package sandbox

import (
	"fmt"
	"hash/fnv"
	"html"
	"net/http"
	"strings"
)

// brandNames are the card brands that have a logo beside those of the methods.
var brandNames = map[string]string{
	"VISA": "Visa", "MASTERCARD": "Mastercard", "AMEX": "Amex", "JCB": "JCB", "CUP": "UnionPay",
	"DINERS": "Diners", "DISCOVER": "Discover", "MAESTRO": "Maestro", "HYUNDAI": "Hyundai",
}

// serveLogo serves a method's or card brand's logo: a coloured plate with the
// name, since the real logos belong to their owners.
func serveLogo(w http.ResponseWriter, r *http.Request) {
	code, isSVG := strings.CutSuffix(r.PathValue("name"), ".svg")
	name := brandNames[code]
	if m, known := methodOf(code); known {
		name = m.Name
	}
	if name == "" || !isSVG {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=86400")
	servePicture(w, logo(name))
}

// logo draws a plate in a colour that depends on the name.
func logo(name string) string {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(name)) // never fails
	hue := hash.Sum32() % 360
	size := 20
	if len(name) > 8 {
		size = 13
	}
	if len(name) > 14 {
		size = 9
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" role="img" aria-label="%s">`+
		`<rect width="120" height="40" rx="8" fill="hsl(%d 55%% 34%%)"/>`+
		`<text x="60" y="21" fill="#fff" font-family="system-ui,sans-serif" font-size="%d" font-weight="600" text-anchor="middle" dominant-baseline="middle">%s</text></svg>`,
		html.EscapeString(name), hue, size, html.EscapeString(name))
}
