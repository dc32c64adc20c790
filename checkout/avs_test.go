package checkout

import (
	"slices"
	"strings"
	"testing"
)

// Every letter that Antom lists, by what it says about the billing address.
func TestTheAVSLetters(t *testing.T) {
	classes := map[AVSMatch]string{
		AVSFull: "X Y F M", AVSNameDiffers: "D H", AVSPart: "A B W Z P K L O Q", AVSNone: "N", AVSUnknown: "C G I S U R E 0",
	}
	listed := map[string]bool{}
	for class, letters := range classes {
		for _, letter := range strings.Fields(letters) {
			listed[letter] = true
			if got := MatchAVS(letter); got != class {
				t.Errorf("%s is %s, want %s", letter, got, class)
			}
		}
	}
	for _, odd := range []string{"", "T", "V", "y", "YY", " ", "1"} {
		if got := MatchAVS(odd); !listed[odd] && got != AVSUnknown {
			t.Errorf("%q, which is not listed, is %s", odd, got)
		}
	}
}

// The advice "never again" is two codes of all that the schemes have.
func TestTheAdviceThatEndsAllCharges(t *testing.T) {
	never := []string{"03", "21"}
	for _, code := range []string{"", "01", "02", "03", "04", "21", "24", "25", "26", "27", "28", "29", "30", "40", "41", "43"} {
		if got := (Card{AdviceCode: code}).NeverAgain(); got != slices.Contains(never, code) {
			t.Errorf("advice %q ends all charges: %v", code, got)
		}
	}
}
