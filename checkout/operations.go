package checkout

import (
	"context"
	"fmt"

	"antom-checkout/antom"
)

// begin stores a capture, refund or cancel before Antom hears of it. One of the
// same kind that is not finished is taken up again instead.
func (s *Service) begin(ctx context.Context, o Order, requestID string, wanted Operation, cause Cause) (Order, Operation, error) {
	var begun Operation
	_, after, err := s.store.Update(ctx, o.ID, Evidence{Cause: cause}, func(o Order) (Order, []Effect) {
		o = o.clone()
		p := o.Payment(requestID)
		for _, op := range p.Operations {
			if op.Kind == wanted.Kind && (op.Status == OperationPending || op.Status == OperationProcessing) {
				begun = op
				return o, nil
			}
		}
		begun = wanted
		begun.RequestID, begun.Status, begun.CreatedAt = newID(), OperationPending, s.now()
		p.Operations = append(p.Operations, begun)
		return o, nil
	})
	if err != nil {
		return Order{}, Operation{}, fmt.Errorf("store %s: %w", wanted.Kind, err)
	}
	return after, begun, nil
}

// finish records Antom's answer to an operation.
func (s *Service) finish(ctx context.Context, o Order, requestID string, word OperationWord, call *Call) (Order, Operation, error) {
	w := Word{Cause: Cause{Kind: ByResponse, ID: call.ID}, RequestID: requestID, Operations: []OperationWord{word}}
	after, err := s.Record(ctx, o.ID, w, Evidence{Call: call})
	if err != nil {
		return Order{}, Operation{}, err
	}
	op := after.Payment(requestID).Operation(word.Kind, word.RequestID)
	if op == nil {
		return after, Operation{}, fmt.Errorf("%s %s is gone", word.Kind, word.RequestID)
	}
	return after, *op, nil
}

// cancel ends an unpaid payment, or gives a paid one back while its method
// allows. The returned operation says how it went; processing means unknown.
func (s *Service) cancel(ctx context.Context, o Order, p Payment) (Order, Operation, error) {
	o, op, err := s.begin(ctx, o, p.RequestID, Operation{Kind: Cancel, Amount: p.Amount}, Cause{Kind: BySweeper})
	if err != nil {
		return o, op, err
	}
	// By our own id, not Antom's: a session may have no other yet.
	res, err := s.gateway.Cancel(ctx, &antom.CancelRequest{PaymentRequestID: p.RequestID})
	call := s.call("cancel", op.RequestID, p.RequestID, res.Result, err)
	return s.finish(ctx, o, p.RequestID, operationAnswer(op, "", res.Result, err), call)
}

// refund gives back a paid payment in full.
func (s *Service) refund(ctx context.Context, o Order, p Payment) (Order, Operation, error) {
	o, op, err := s.begin(ctx, o, p.RequestID, Operation{Kind: Refund, Amount: p.Amount}, Cause{Kind: BySweeper})
	if err != nil {
		return o, op, err
	}
	res, err := s.gateway.Refund(ctx, &antom.RefundRequest{
		RefundRequestID: op.RequestID, PaymentID: p.AntomID,
		RefundAmount: antomAmount(op.Amount), RefundNotifyURL: s.notifyURL(),
	})
	call := s.call("refund", op.RequestID, p.RequestID, res.Result, err)
	return s.finish(ctx, o, p.RequestID, operationAnswer(op, res.RefundID, res.Result, err), call)
}
