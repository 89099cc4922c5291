// Package proc starts and stops the processes that the measurements are about
// and reads what the system knows of them: memory, processor time, hardware.
//
// It owns processes and /proc. It must not know what is measured. What it
// reads is there on Linux only; elsewhere the figures are zero.
package proc
