// Package digest sends trainers a mail once a week: who of their groups completed
// a course, who started one, and, where the tenant lets that be evaluated, who
// needs support.
//
// It owns which digests were sent, who wants none, how they are put into words and
// how mail is handed over. It must not know what the figures mean nor who the
// people are: both come through its ports.
//
// # Once, also over restarts
//
// A digest has a record before anything is sent. It is "prepared" first, "handed"
// right before the end of the mail is sent to the mail server, and "sent" after the
// server's answer. What is found prepared after a crash is sent, as the server
// cannot have taken a mail without an end. What is found handed is not sent again:
// the server may have it, and nobody knows. It is shown as unclear and can be sent
// again by hand. So no trainer gets a digest twice, and one is missing only when
// the process dies, or the connection, between a mail's last line and the answer to
// it, which is then seen.
package digest
