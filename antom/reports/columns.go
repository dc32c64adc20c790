package reports

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// aliases are the names of a cell in both generations, the older one first.
var aliases = map[string][]string{
	"merchant":            {"customerId", "merchantId"},
	"batch":               {"settlementBatchId"},
	"type":                {"transactionType"},
	"summary":             {"summaryType"},
	"transaction":         {"transactionId"},
	"original":            {"originalTransactionId"},
	"request":             {"transactionRequestId"},
	"original request":    {"originalTransactionRequestId"},
	"order":               {"referenceTransactionId"},
	"method":              {"paymentMethodType"},
	"status":              {"status"},
	"completed":           {"paymentTime", "transactionCompletionTime"},
	"updated":             {"transactionUpdateTime"},
	"created":             {"transactionCreationTime"},
	"settled at":          {"settlementTime", "settlementInitiatedDate"},
	"amount":              {"transactionAmountValue"},
	"currency":            {"transactionCurrency"},
	"converted":           {"convertedTransactionAmountValue"},
	"converted currency":  {"convertedCurrency"},
	"settlement":          {"settlementAmountValue"},
	"settlement currency": {"settlementCurrency"},
	"pair":                {"quoteCurrencyPair"},
	"price":               {"quotePrice"},
	"coupon":              {"nonGuaranteeCouponValue"},
	"coupon currency":     {"nonGuaranteeCouponCurrency"},
	"count":               {"count"},
}

// required are the cells that a report cannot do without.
var required = map[Kind][]string{
	Transactions: {"merchant", "type", "transaction", "request", "amount", "currency"},
	Settlement:   {"batch", "merchant", "type", "transaction", "request", "amount", "currency", "settlement", "settlement currency"},
	Summary:      {"batch", "merchant", "summary", "count", "settlement", "settlement currency"},
}

// olderNames tell generation 1 from 2.
var olderNames = []string{"acquirer", "acquirerReferenceNo", "originalTransactionId", "pspName", "paymentTime", "settlementTime", "feeAmountValue"}

// knownFees are the fee columns that Antom documents, with the column of their currency.
var knownFees = map[string]string{
	"feeAmountValue":                    "feeCurrency",
	"paymentMethodFeeAmountValue":       "paymentMethodFeeCurrency",
	"taxFeeAmountValue":                 "taxFeeCurrency",
	"processingFeeAmountValue":          "processingFeeCurrency",
	"interchangeFeeAmountValue":         "interchangeFeeCurrency",
	"schemeFeeAmountValue":              "schemeFeeCurrency",
	"acquirerMarkupAmountValue":         "acquirerMarkupCurrency",
	"refundFeeAmountValue":              "refundFeeCurrency",
	"disputeHandlingFee":                "disputeHandlingFeeCurrency",
	"disputeReverseFee":                 "disputeReverseFeeCurrency",
	"financingFeeAmountValue":           "financingFeeCurrency",
	"rdrFeeAmountValue":                 "rdrFeeCurrency",
	"anticipationFeeAmountValue":        "anticipationFeeCurrency",
	"riskDecisionServiceFeeAmountValue": "riskDecisionServiceFeeCurrency",
	"riskManagementFeeAmountValue":      "riskManagementFeeCurrency",
	"cdrnFeeAmountValue":                "cdrnFeeCurrency",
	"iofFeeAmountValue":                 "iofFeeCurrency",
	"withholdingTaxAmountValue":         "withholdingTaxFeeCurrency",
	"fxFeeAmountValue":                  "fxFeeAmountCurrency",
}

// unknownFee is the name of a fee column that no document names.
var unknownFee = regexp.MustCompile(`(FeeAmountValue|TaxAmountValue|Fee)$`)

// otherFormats are reports of other products of Antom, told by a column that only they have.
var otherFormats = map[string]string{
	"transType":     "a report of the in-store product (ALIPAY_SETTLEMENT_DETAIL)",
	"acquirementId": "a report of the in-store product (ALIPAY_SETTLEMENT_DETAIL)",
	"Partner_id":    "a report of AlipayHK (PID_fptrade, PID_settle)",
	"partner_id":    "a report of AlipayHK (PID_fptrade, PID_settle)",
}

// fee is a column with a fee, and that of its currency, or -1.
type fee struct{ value, currency int }

// header says which cell stands in which column.
type header struct {
	kind       Kind
	generation int
	names      []string
	at         map[string]int // by the keys of aliases
	fees       []fee
	others     []string
}

// readHeader recognises a report by its column names. The file's name is a hint only.
func readHeader(fileName string, names []string) (*header, error) {
	h := &header{names: names, at: map[string]int{}, generation: 2}
	place := map[string]int{}
	for i, name := range names {
		if format, other := otherFormats[name]; other {
			return nil, h.problem(i, "this is %s, which is not read here", format)
		}
		if _, twice := place[name]; twice {
			return nil, h.problem(i, "the column occurs twice")
		}
		place[name] = i
	}
	for cell, known := range aliases {
		for _, name := range known {
			if i, found := place[name]; found {
				h.at[cell] = i
			}
		}
	}
	if slices.ContainsFunc(olderNames, func(name string) bool { _, found := place[name]; return found }) {
		h.generation = 1
	}
	if h.kind = h.recognise(fileName); h.kind == "" {
		return nil, &Error{Line: 1, Problem: "this is none of Antom's reports: the first line names no transactionType and no summaryType"}
	}
	if missing := h.missing(); len(missing) > 0 {
		return nil, &Error{Line: 1, Problem: fmt.Sprintf("the report of %s lacks the column %s", h.kind, strings.Join(missing, ", "))}
	}
	h.findFees(place)
	return h, nil
}

// recognise tells the report by its columns. Settlement details have neither status nor
// reason; transaction details of the newer kind have a settlementBatchId as well.
func (h *header) recognise(fileName string) Kind {
	_, summary := h.at["summary"]
	_, typed := h.at["type"]
	_, status := h.at["status"]
	_, batch := h.at["batch"]
	named := strings.ToLower(fileName)
	switch {
	case summary:
		return Summary
	case !typed:
		return ""
	case status, slices.Contains(h.names, "reason"), !batch, strings.Contains(named, "transactionitems"), strings.Contains(named, "transaction_detail"):
		return Transactions
	}
	return Settlement
}

// missing are the columns that the report cannot do without.
func (h *header) missing() (names []string) {
	for _, cell := range required[h.kind] {
		if _, found := h.at[cell]; !found {
			names = append(names, strings.Join(aliases[cell], " or "))
		}
	}
	if h.kind == Transactions && !h.has("completed") && !h.has("updated") && !h.has("created") {
		names = append(names, "paymentTime or transactionCompletionTime")
	}
	return names
}

func (h *header) has(cell string) bool { _, found := h.at[cell]; return found }

func (h *header) findFees(place map[string]int) {
	if h.kind == Summary {
		return // a summary's TOTAL may or may not hold the fees of the correction row
	}
	for i, name := range h.names {
		currency, known := knownFees[name]
		if !known {
			if !unknownFee.MatchString(name) {
				continue
			}
			h.others = append(h.others, clip(name))
			currency = strings.TrimSuffix(name, "AmountValue") + "Currency"
		}
		at, found := place[currency]
		if !found {
			at = -1
		}
		h.fees = append(h.fees, fee{i, at})
	}
}

// problem is what is wrong with a column of the header.
func (h *header) problem(i int, format string, args ...any) *Error {
	return &Error{Line: 1, Column: h.column(i), Problem: fmt.Sprintf(format, args...)}
}

// column names a column for people: "transactionAmountValue (14)".
func (h *header) column(i int) string { return fmt.Sprintf("%s (%d)", clip(h.names[i]), i+1) }
