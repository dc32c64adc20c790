package checkout

// AVSMatch is how the billing address that was given fits the one that the bank knows.
type AVSMatch string

// The matches. A match changes no payment: the bank has decided already, knowing it.
const (
	AVSFull        AVSMatch = "full"
	AVSNameDiffers AVSMatch = "name differs" // the address fits
	AVSPart        AVSMatch = "part"         // street or postal code fits, the other does not or was not checked
	AVSNone        AVSMatch = "none"         // neither street nor postal code fits
	AVSUnknown     AVSMatch = "unknown"      // not checked
)

// MatchAVS reads Antom's avsResultRaw.
func MatchAVS(letter string) AVSMatch {
	switch letter {
	case "X", "Y", "F", "M":
		return AVSFull
	case "D", "H":
		return AVSNameDiffers
	case "A", "B", "W", "Z", "P", "K", "L", "O", "Q":
		return AVSPart
	case "N":
		return AVSNone
	}
	return AVSUnknown
}

// NeverAgain reports whether the card may never be charged again without its holder:
// Mastercard's advice says so (03: do not try again, 21: recurring payments were stopped).
func (c Card) NeverAgain() bool { return c.AdviceCode == "03" || c.AdviceCode == "21" }
