package sandbox

import "antom-checkout/antom"

// operations captures, refunds and cancels payments. The records are the
// ledger's, whose lock is held in all methods.
type operations struct {
	delays    delays
	ledger    *ledger
	scheduler *scheduler
	faults    *faults
	notifier  *notifier
}

// transactionResult is the result of a capture or refund.
func transactionResult(status antom.TransactionStatus, code antom.ResultCode) antom.Result {
	switch status {
	case antom.TransactionSuccess:
		return resultOf(antom.CodeSuccess, antom.StatusSuccess)
	case antom.TransactionFail:
		return resultOf(code, antom.StatusFailed)
	}
	return resultOf(antom.CodePaymentInProcess, antom.StatusUnknown)
}

// failedWith is the code of an operation that an injected fault makes fail.
func failedWith(fault Fault) antom.ResultCode {
	if fault.Code == "" {
		return "PROCESS_FAIL"
	}
	return antom.ResultCode(fault.Code)
}

// resume plans the end of the captures and refunds that the journal held.
func (ops *operations) resume() {
	for _, c := range ops.ledger.captureList {
		if c.Status == antom.TransactionProcessing {
			ops.finishCaptureAt(c, c.DueAt)
		}
	}
	for _, r := range ops.ledger.refundList {
		if r.Status == antom.TransactionProcessing {
			ops.finishRefundAt(r, r.DueAt)
		}
	}
}
