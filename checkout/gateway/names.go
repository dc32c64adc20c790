package gateway

import (
	"strings"

	"antom-checkout/antom"
)

// antomName is a name as it was typed, whole and in the two parts that Antom's models
// require. It is split in the alphabet that Antom takes, so that neither part is empty
// where the other is not. Of a name in another script (Chinese, Japanese, Korean, Arabic,
// Thai and more) nothing is sent, because Antom refuses it.
func antomName(typed, country string) *antom.UserName {
	whole := antom.PlainText(typed, len(typed)*4)
	first, last := nameParts(whole, country)
	return &antom.UserName{FirstName: first, LastName: last, FullName: whole}
}

// nameParts splits a name into given and family names. What cannot be known of one line
// of text is decided as most people with such a name would:
//
//   - A comma stands behind the family name: "Cruz, Ana".
//   - The family name is the last token, with the particles before it ("van Gogh", "de la
//     Cruz", "bin Ismail"). Of two family names, as in Spanish, the first counts as given.
//   - Where family names come first, in Latin script too, it is the first token: the
//     buyer's country tells. A buyer there who writes the other order is not recognised,
//     nor one from there who lives elsewhere.
//   - A name of one token is both, as airlines and banks do it: both parts are required.
//   - Titles before a name and "Jr." and the like behind it belong to neither.
func nameParts(name, country string) (first, last string) {
	before, behind, _ := strings.Cut(name, ",")
	family, given := properTokens(before), properTokens(behind)
	if len(family) > 0 && len(given) > 0 && !generations[plainToken(given[0])] {
		return strings.Join(given, " "), strings.Join(family, " ")
	}
	tokens := properTokens(name)
	switch {
	case len(tokens) < 2 || particles[tokens[0]]: // a particle in lower case begins no given name
		whole := strings.Join(tokens, " ")
		return whole, whole
	case familyFirst[country]:
		return strings.Join(tokens[1:], " "), tokens[0]
	}
	at := len(tokens) - 1
	for at > 1 && particles[strings.ToLower(tokens[at-1])] {
		at--
	}
	return strings.Join(tokens[:at], " "), strings.Join(tokens[at:], " ")
}

// properTokens are the tokens of a name without titles and generations, unless nothing
// else is there.
func properTokens(text string) []string {
	tokens := strings.Fields(strings.ReplaceAll(text, ",", " "))
	for len(tokens) > 1 && titles[plainToken(tokens[0])] {
		tokens = tokens[1:]
	}
	for len(tokens) > 1 && generations[plainToken(tokens[len(tokens)-1])] {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

func plainToken(token string) string { return strings.ToLower(strings.TrimSuffix(token, ".")) }

var (
	titles      = tokenSet("mr mrs ms miss mx dr prof sir madam herr frau mme mlle")
	generations = tokenSet("jr sr ii iii iv esq phd md")
	particles   = tokenSet("af al av ben bin bint binti da das de del della den der di do dos du el ibn la las le los san st ten ter van von zu zum zur")
	familyFirst = tokenSet("CN HU KH KR TW VN")
)

func tokenSet(tokens string) map[string]bool {
	set := map[string]bool{}
	for token := range strings.FieldsSeq(tokens) {
		set[token] = true
	}
	return set
}
