package checkout

import "slices"

// DisputeReason is what a buyer's bank says of a payment, across the codes of the schemes.
type DisputeReason string

// The reasons. Each calls for other evidence.
const (
	ReasonFraud          DisputeReason = "fraud"            // the holder of the card says that they have not paid
	ReasonAuthorization  DisputeReason = "authorization"    // the bank says that it has not approved the payment
	ReasonProcessing     DisputeReason = "processing"       // amount, currency or date are said to be wrong
	ReasonDuplicate      DisputeReason = "duplicate"        // it is said to be paid twice, or in another way
	ReasonNotReceived    DisputeReason = "not_received"     // the goods have not come
	ReasonNotAsDescribed DisputeReason = "not_as_described" // they are defective, others than described, or counterfeit
	ReasonNotRefunded    DisputeReason = "not_refunded"     // a refund that was promised has not come
	ReasonCancelled      DisputeReason = "cancelled"        // the buyer has cancelled what was bought
	ReasonRecurring      DisputeReason = "recurring"        // they have cancelled what is charged again and again
	ReasonOther          DisputeReason = "other"
)

// DisputeReasons lists all reasons.
func DisputeReasons() []DisputeReason {
	return []DisputeReason{ReasonFraud, ReasonAuthorization, ReasonProcessing, ReasonDuplicate, ReasonNotReceived, ReasonNotAsDescribed,
		ReasonNotRefunded, ReasonCancelled, ReasonRecurring, ReasonOther}
}

// reasonsOfCodes are the codes of Visa, Mastercard, American Express, JCB and Discover that are
// told apart. No code means two things.
var reasonsOfCodes = map[DisputeReason][]string{
	ReasonFraud: {
		"10.1", "10.2", "10.3", "10.4", "10.5", "4837", "4840", "4849", "4863", "F10", "F14", "F24", "F29", "F30", "F31", "FR2", "FR4", "FR6",
		"526", "527", "534", "546", "548", "AA", "UA01", "UA02", "UA05", "UA06", "UA10", "UA11",
	},
	ReasonAuthorization:  {"11.1", "11.2", "11.3", "4807", "4808", "A01", "501", "503", "521", "522", "547", "581", "AT", "DA", "NA", "EX"},
	ReasonProcessing:     {"12.1", "12.2", "12.3", "12.4", "12.5", "12.7", "4834", "P05"},
	ReasonDuplicate:      {"12.6", "12.6.1", "12.6.2", "P08"},
	ReasonNotReceived:    {"13.1", "C08"},
	ReasonNotAsDescribed: {"13.3", "13.4", "13.5", "C31"},
	ReasonNotRefunded:    {"13.6", "C02"},
	ReasonCancelled:      {"13.7", "C05"},
	ReasonRecurring:      {"13.2", "C28"},
}

// Why is the reason of a dispute by its code.
func (d Dispute) Why() DisputeReason {
	for reason, codes := range reasonsOfCodes {
		if slices.Contains(codes, d.ReasonCode) {
			return reason
		}
	}
	return ReasonOther
}
