package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"antom-checkout/antom"
)

// ReportFile is a reconciliation report, as Antom leaves it for the merchant.
type ReportFile struct {
	Name    string `json:"name"`
	Content string `json:"content"`
}

// reportMerchant is the merchant's id in reports. It is not the client id.
const reportMerchant = "2188120000000001"

// Reports writes the reports of a day of the ledger, YYYY-MM-DD by UTC+8: transaction
// details, and for each settlement currency the details and the summary of a batch that
// settles the day. Generation 1 has the column names until 2025, 2 those of 2026.
func (c *Control) Reports(day string, generation int) ([]ReportFile, error) {
	at, err := time.ParseInLocation(time.DateOnly, day, antomZone)
	if err != nil {
		return nil, errors.New("day is not one such as 2026-06-01")
	}
	if generation != 1 && generation != 2 {
		return nil, errors.New("generation is neither 1 nor 2")
	}
	b := reportBook{generation: generation, day: at}
	truth := c.Ledger().reportRows(at, generation)
	b.rows = c.falsify(truth)
	files := []ReportFile{b.transactions()}
	for _, currency := range settledCurrencies(truth) {
		off := int64(0)
		if _, injected := c.s.faults.inject("report", "", ReportSum); injected {
			off = 100
		}
		files = append(files, b.settlement(currency), b.summary(currency, truth, off))
	}
	for i := range files {
		if _, injected := c.s.faults.inject("report", "", ReportTorn); injected {
			files[i].Content = files[i].Content[:len(files[i].Content)*2/3]
		}
	}
	return files, nil
}

// reportRow is one act of the ledger.
type reportRow struct {
	kind    string // transactionType
	payment Payment
	act     string // generation 1: the transactionId
	request string // generation 1 and 2 differ for captures
	paid    string // the paymentRequestId of the original
	status  string
	at      time.Time
	money   Money // as it is signed
	fee     int64 // in minor units of the settlement currency, as it is signed
	handled int64 // fee for a dispute
	rapid   int64 // fee for a dispute that Visa has decided by rules
	net     Money
	price   string // of the settlement currency for one of the payment's
	settled bool   // it is in the batch
}

// quotedPrice is the rate of every pair of currencies here.
const quotedPrice = "0.5000"

// flatFee is what the sandbox takes, in the smallest units of the settlement currency.
const flatFee = 10

// reportRows lists the acts of a day, oldest first.
func (l Ledger) reportRows(day time.Time, generation int) (rows []reportRow) {
	payments := map[string]Payment{}
	add := func(row reportRow) {
		if !row.at.Before(day) && row.at.Before(day.AddDate(0, 0, 1)) {
			rows = append(rows, row.priced())
		}
	}
	for _, p := range l.Payments {
		payments[p.ID] = p
		if row := p.reportRow(); generation == 2 || row.status == "TO_BE_SETTLED" || row.status == "SUCCESS" {
			add(row)
		}
	}
	for _, c := range l.Captures {
		if c.Status == antom.TransactionSuccess {
			row := reportRow{kind: "CAPTURE", payment: payments[c.PaymentID], act: c.ID, request: c.RequestID, paid: c.PaymentRequestID, at: c.DoneAt, money: c.Money, fee: -flatFee, settled: true}
			if generation == 1 {
				row.request = c.PaymentRequestID
			}
			add(row)
		}
	}
	for _, r := range l.Refunds {
		if r.Status == antom.TransactionSuccess && !r.Automatic {
			add(reportRow{kind: "REFUND", payment: payments[r.PaymentID], act: r.ID, request: r.RequestID, paid: r.PaymentRequestID, at: r.DoneAt, money: r.Money.negative(), settled: true})
		}
	}
	for _, c := range l.Cancels {
		p := payments[c.PaymentID]
		row := reportRow{kind: "CANCEL", payment: p, act: p.ID, request: c.PaymentRequestID, paid: c.PaymentRequestID, at: c.At, money: c.Money.negative(), settled: true}
		if p.Method == "CARD" {
			row.kind, row.settled = "VOID", false // the buyer's bank releases what was never taken
		}
		if c.After == antom.PaymentSuccess && (row.settled || generation == 1) {
			add(row)
		}
	}
	for _, d := range l.Disputes {
		if d.Type == retrievalRequest || d.Type == complianceRequest {
			continue // papers are asked for, and no money moves
		}
		row := reportRow{kind: "DISPUTE", payment: payments[d.PaymentID], act: d.ID, paid: d.PaymentRequestID, at: d.CreatedAt, money: d.Money.negative(), handled: -flatFee, settled: true}
		if d.Type == rapidResolution {
			row.kind, row.handled, row.rapid = "RAPID_DISPUTE_RESOLUTION", 0, -flatFee
		}
		add(row)
		if d.Status == disputeCancelled || d.Verdict == "ACCEPT_BY_CUSTOMER" {
			row.kind, row.at, row.money, row.handled = "DISPUTE_REVERSAL", d.EndedAt, d.Money, 0
			add(row)
		}
	}
	slices.SortStableFunc(rows, func(a, b reportRow) int { return a.at.Compare(b.at) })
	return rows
}

// reportRow is the row of a payment, or of the authorisation of a card, with its latest
// status.
func (p Payment) reportRow() reportRow {
	row := reportRow{kind: "PAYMENT", payment: p, act: p.ID, request: p.RequestID, at: p.CreatedAt, money: p.Money}
	if p.Method == "CARD" {
		row.kind = "AUTHORIZATION"
	}
	switch {
	case !p.PaidAt.IsZero() && p.Method == "CARD":
		row.status, row.at = "SUCCESS", p.PaidAt
	case !p.PaidAt.IsZero():
		row.status, row.at, row.settled, row.fee = "TO_BE_SETTLED", p.PaidAt, true, -flatFee
	case p.Status == antom.PaymentFail:
		row.status = "FAIL"
	case p.Status == antom.PaymentCancelled:
		row.status = "CANCELLED"
	default:
		row.status = "PROCESSING"
	}
	return row
}

// priced has the money that the merchant gets for it.
func (r reportRow) priced() reportRow {
	if r.status == "" {
		r.status = "TO_BE_SETTLED"
		if !r.settled {
			r.status = "SUCCESS"
		}
	}
	r.net = Money{Currency: r.payment.Terms.Settlement}
	if r.net.Currency == "" || r.net.Currency == r.money.Currency {
		r.net = r.money
	} else {
		r.price = quotedPrice
		r.net.Amount = r.money.in(r.net.Currency) / 2
	}
	r.net.Amount += r.fee + r.handled + r.rapid
	return r
}

// in is the amount as a count of another currency's smallest unit, one to one.
func (m Money) in(currency string) int64 {
	other := Money{Currency: currency}
	amount := m.Amount
	for range max(0, other.places()-m.places()) {
		amount *= 10
	}
	for range max(0, m.places()-other.places()) {
		amount /= 10
	}
	return amount
}

func (m Money) negative() Money { return Money{Amount: -m.Amount, Currency: m.Currency} }

// settledCurrencies are the currencies of the batches of these rows.
func settledCurrencies(rows []reportRow) (currencies []string) {
	for _, row := range rows {
		if row.settled {
			currencies = append(currencies, row.net.Currency)
		}
	}
	slices.Sort(currencies)
	return slices.Compact(currencies)
}

// falsify changes rows as the injected faults of reports say. Every report of a day has the
// same rows, so a row is wrong in all of them but the summary.
func (c *Control) falsify(rows []reportRow) (out []reportRow) {
	for _, row := range rows {
		hit := func(kind FaultKind) bool {
			_, injected := c.s.faults.inject(row.kind, row.payment.RequestID, kind)
			return injected
		}
		switch {
		case hit(ReportDrop):
			continue
		case hit(ReportDouble):
			out = append(out, row)
		case hit(ReportAmount):
			row.money.Amount += 100
		case hit(ReportStatus):
			row.status = "FAIL"
		case hit(ReportType):
			row.kind = "MYSTERY"
		case hit(ReportFee):
			row.net.Amount -= 100
		}
		out = append(out, row)
	}
	if _, injected := c.s.faults.inject("report", "", ReportAdd); injected && len(rows) > 0 {
		stranger := rows[0]
		stranger.payment = Payment{ID: newID(stranger.at), RequestID: "PR-STRANGER", Method: "ALIPAY_CN", Money: Money{4200, "SGD"}, PaidAt: stranger.at}
		row := stranger.payment.reportRow()
		out = append(out, row.priced())
	}
	return out
}

// reportBook writes the files of a day.
type reportBook struct {
	generation int
	day        time.Time
	rows       []reportRow
}

// batch is the settlement batch of the day in a currency.
func (b *reportBook) batch(currency string) string {
	return b.day.Format("20060102") + fmt.Sprintf("%010d", 1+slices.Index(currencies, currency))
}

// transactions lists all acts of the day.
func (b *reportBook) transactions() ReportFile {
	columns := []string{"customerId", "PSP", "transactionType", "transactionId", "transactionRequestId", "originalTransactionRequestId", "referenceTransactionId",
		"orderDescription", "paymentMethodType", "status", "transactionCreationTime", "transactionCompletionTime", "productCode", "transactionAmountValue", "transactionCurrency"}
	if b.generation == 1 {
		columns = []string{"customerId", "referenceMerchantId", "referenceStoreId", "transactionId", "originalTransactionId", "transactionRequestId", "referenceTransactionId",
			"orderDescription", "paymentMethodType", "pspName", "transactionType", "paymentTime", "productCode", "transactionAmountValue", "transactionCurrency"}
	}
	var rows [][]string
	for _, row := range b.rows {
		rows = append(rows, b.cells(columns, row, ""))
	}
	return ReportFile{"transactionItems_" + b.day.Format("20060102") + "_000.csv", reportText(columns, rows)}
}

// settlement lists what one batch settles.
func (b *reportBook) settlement(currency string) ReportFile {
	columns := []string{"settlementBatchId", "customerId", "PSP", "transactionType", "transactionId", "transactionRequestId", "originalTransactionRequestId",
		"referenceTransactionId", "paymentMethodType", "transactionCompletionTime", "settlementInitiatedDate", "transactionAmountValue", "transactionCurrency",
		"quoteCurrencyPair", "quotePrice", "settlementAmountValue", "settlementCurrency", "processingFeeAmountValue", "processingFeeCurrency", "disputeHandlingFee", "disputeHandlingFeeCurrency", "rdrFeeAmountValue", "rdrFeeCurrency"}
	if b.generation == 1 {
		columns = []string{"settlementBatchId", "customerId", "acquirer", "transactionType", "transactionId", "originalTransactionId", "transactionRequestId",
			"referenceTransactionId", "paymentMethodType", "paymentTime", "settlementTime", "transactionAmountValue", "transactionCurrency",
			"quoteCurrencyPair", "quotePrice", "settlementAmountValue", "settlementCurrency", "feeAmountValue", "feeCurrency", "disputeHandlingFee", "disputeHandlingFeeCurrency", "rdrFeeAmountValue", "rdrFeeCurrency"}
	}
	var rows [][]string
	for _, row := range b.rows {
		if row.settled && row.net.Currency == currency {
			rows = append(rows, b.cells(columns, row, currency))
		}
	}
	return ReportFile{"settlementItems_" + currency + "_" + b.batch(currency) + "_000.csv", reportText(columns, rows)}
}

// summary adds up the true rows. off falsifies its total.
func (b *reportBook) summary(currency string, of []reportRow, off int64) ReportFile {
	acquirer, when := "PSP", "settlementInitiatedDate"
	if b.generation == 1 {
		acquirer, when = "acquirer", "settlementTime"
	}
	columns := []string{"settlementBatchId", "customerId", acquirer, "summaryType", when, "count", "settlementAmountValue", "settlementCurrency"}
	var rows [][]string
	total, counted := Money{Currency: currency, Amount: off}, 0
	line := func(kind string, count int, sum Money) {
		rows = append(rows, []string{b.batch(currency), reportMerchant, "AntomSG", kind, b.settledAt(), strconv.Itoa(count), sum.number(), currency})
	}
	for _, kind := range []string{"PAYMENT", "CAPTURE", "REFUND", "CANCEL", "DISPUTE", "DISPUTE_REVERSAL"} {
		sum, count := Money{Currency: currency}, 0
		for _, row := range of {
			if row.kind == kind && row.settled && row.net.Currency == currency {
				sum.Amount, count = sum.Amount+row.net.Amount, count+1
			}
		}
		if count > 0 {
			line(kind, count, sum)
		}
		total.Amount, counted = total.Amount+sum.Amount, counted+count
	}
	line("TOTAL", counted, total)
	return ReportFile{"settlementSummary_" + currency + "_" + b.batch(currency) + "_000.csv", reportText(columns, rows)}
}

func (b *reportBook) settledAt() string { return b.day.AddDate(0, 0, 1).Format(time.RFC3339) }

// cells are the cells of a row, column by column.
func (b *reportBook) cells(columns []string, row reportRow, settledIn string) []string {
	p := row.payment
	is := map[string]string{
		"customerId": reportMerchant, "PSP": "AntomSG", "acquirer": "AntomSG", "transactionType": row.kind, "transactionId": p.ID,
		"transactionRequestId": row.request, "originalTransactionRequestId": row.paid, "referenceTransactionId": p.Terms.OrderID,
		"orderDescription": p.Terms.Description, "paymentMethodType": p.Method, "status": row.status,
		"transactionCreationTime": p.CreatedAt.In(antomZone).Format(time.RFC3339), "productCode": "CASHIER_PAYMENT",
		"transactionAmountValue": row.money.number(), "transactionCurrency": row.money.Currency,
		"settlementInitiatedDate": b.settledAt(), "settlementTime": b.settledAt(),
		"settlementAmountValue": row.net.number(), "settlementCurrency": settledIn, "disputeHandlingFeeCurrency": settledIn, "rdrFeeCurrency": settledIn,
		"processingFeeCurrency": settledIn, "feeCurrency": settledIn,
	}
	if row.status != "PROCESSING" && row.status != "FAIL" {
		is["transactionCompletionTime"] = row.at.In(antomZone).Format(time.RFC3339)
	}
	is["paymentTime"] = row.at.In(antomZone).Format(time.RFC3339)
	if b.generation == 1 {
		is["transactionId"], is["originalTransactionId"] = row.act, ""
		if row.paid != "" {
			is["originalTransactionId"] = p.ID
		}
	}
	if settledIn != "" {
		is["settlementBatchId"] = b.batch(settledIn)
		is["processingFeeAmountValue"] = Money{row.fee, settledIn}.number()
		is["feeAmountValue"], is["disputeHandlingFee"] = is["processingFeeAmountValue"], Money{row.handled, settledIn}.number()
		is["rdrFeeAmountValue"] = Money{row.rapid, settledIn}.number()
		if row.price != "" {
			is["quoteCurrencyPair"], is["quotePrice"] = row.money.Currency+"/"+settledIn, row.price
		}
	}
	cells := make([]string, len(columns))
	for i, name := range columns {
		cells[i] = is[name]
	}
	return cells
}

// reportText is the file: column names, rows, and the mark of its end.
func reportText(columns []string, rows [][]string) string {
	var text strings.Builder
	for _, cells := range append([][]string{columns}, rows...) {
		for i, cell := range cells {
			if i > 0 {
				text.WriteByte(',')
			}
			if strings.ContainsAny(cell, ",\"\r\n") || strings.HasPrefix(cell, " ") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			text.WriteString(cell)
		}
		text.WriteByte('\n')
	}
	return text.String() + "<END>\n"
}
