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
func MatchAVS(code string) AVSMatch {
	switch code {
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

// Authentication is how strongly the cardholder was authenticated: who bears a fraud
// follows from it. The brands write it as two different ECIs.
type Authentication string

// The strengths.
const (
	Authenticated   Authentication = "authenticated" // by the bank, which then bears fraud
	AuthAttempted   Authentication = "attempted"     // bank or cardholder takes no part in 3-D Secure
	AuthDataOnly    Authentication = "data only"     // data went to the bank, no authentication was asked for
	AuthNone        Authentication = "none"
	AuthNotReported Authentication = ""
)

// Authentication reads the ECI of a 3-D Secure result.
func (t ThreeDS) Authentication() Authentication {
	switch t.ECI {
	case "05", "02":
		return Authenticated
	case "06", "01":
		return AuthAttempted
	case "04":
		return AuthDataOnly
	case "07", "00":
		return AuthNone
	}
	return AuthNotReported
}

// NeverAgain reports whether the card may never be charged again without its holder:
// Mastercard's advice says so (03: do not try again, 21: recurring payments were stopped).
func (c Card) NeverAgain() bool { return c.AdviceCode == "03" || c.AdviceCode == "21" }
