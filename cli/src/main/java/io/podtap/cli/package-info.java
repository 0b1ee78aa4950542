/**
 * The command line: finds the programs, reads their options from arguments and environment, runs
 * one and ends with its exit code: 0 done, 1 failed while running, 2 refused before anything
 * happened, with one line that says why.
 */
@NullMarked
package io.podtap.cli;

import org.jspecify.annotations.NullMarked;
