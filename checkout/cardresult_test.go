package checkout

import (
	"slices"
	"strings"
	"testing"
)

// Every code that Antom lists, by what it says about the billing address.
func TestTheAVSCodes(t *testing.T) {
	classes := map[AVSMatch]string{
		AVSFull: "X Y F M", AVSNameDiffers: "D H", AVSPart: "A B W Z P K L O Q", AVSNone: "N", AVSUnknown: "C G I S U R E 0",
	}
	listed := map[string]bool{}
	for class, codes := range classes {
		for _, code := range strings.Fields(codes) {
			listed[code] = true
			if got := MatchAVS(code); got != class {
				t.Errorf("%s is %s, want %s", code, got, class)
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

func TestTheStrengthOfAnAuthentication(t *testing.T) {
	for eci, want := range map[string]Authentication{
		"05": Authenticated, "02": Authenticated, "06": AuthAttempted, "01": AuthAttempted, "04": AuthDataOnly,
		"07": AuthNone, "00": AuthNone, "": AuthNotReported, "5": AuthNotReported,
	} {
		if got := (ThreeDS{ECI: eci}).Authentication(); got != want {
			t.Errorf("ECI %q is %q, want %q", eci, got, want)
		}
	}
}
