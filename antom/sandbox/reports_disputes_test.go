package sandbox

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"
)

// A chargeback, its return, and an RDR are rows of the day's reports, with their fees, in both
// generations of columns. A request for papers moves no money and is none.
func TestDisputesAreRowsOfReports(t *testing.T) {
	s := newShop(t)
	for i, act := range []DisputeAct{{Amount: 1000}, {Amount: 2000}, {Type: rapidResolution}, {Type: retrievalRequest}, {Type: complianceRequest}} {
		request := "PR-" + string(rune('1'+i))
		s.paid(request, "CARD", 4200)
		id, err := s.box.Control().DisputeBy(request, act)
		must(t, err)
		if i == 1 {
			must(t, s.box.Control().Judge(id, "ACCEPT_BY_CUSTOMER"))
		}
	}
	s.after(time.Second)
	day := s.box.Control().Now().In(antomZone).Format(time.DateOnly)
	for _, generation := range []int{1, 2} {
		files, err := s.box.Control().Reports(day, generation)
		must(t, err)
		var got []string
		for _, file := range files {
			if !strings.HasPrefix(file.Name, "settlementItems") {
				continue
			}
			reader := csv.NewReader(strings.NewReader(file.Content))
			reader.FieldsPerRecord = -1 // the last line is a mark
			lines, err := reader.ReadAll()
			must(t, err)
			cell := func(line []string, name string) string { return line[slices.Index(lines[0], name)] }
			for _, line := range lines[1:] {
				if len(line) == len(lines[0]) && strings.Contains(cell(line, "transactionType"), "DISPUTE") {
					got = append(got, cell(line, "transactionType")+" "+cell(line, "settlementAmountValue")+" "+cell(line, "disputeHandlingFee")+" "+cell(line, "rdrFeeAmountValue"))
				}
			}
		}
		want := "DISPUTE -10.10 -0.10 0.00, DISPUTE -20.10 -0.10 0.00, DISPUTE_REVERSAL 20.00 0.00 0.00, RAPID_DISPUTE_RESOLUTION -42.10 0.00 -0.10"
		if strings.Join(got, ", ") != want {
			t.Errorf("generation %d:\n%s, want\n%s", generation, strings.Join(got, ", "), want)
		}
	}
}
