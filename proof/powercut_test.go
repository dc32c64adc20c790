package proof_test

const writerMode = "PROOF_WRITER"

func writeNotifications(mode string) {}
