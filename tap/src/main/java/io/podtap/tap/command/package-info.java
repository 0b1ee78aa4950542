/**
 * The commands {@code podtap tap} and {@code podtap hold}: options, and the program around a tap.
 *
 * <p>In: a command line. Out: settings, lines for the user, the ledger at the end, an exit code.
 * The thread that runs a command becomes its hot thread.
 */
@NullMarked
package io.podtap.tap.command;

import org.jspecify.annotations.NullMarked;
