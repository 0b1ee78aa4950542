/**
 * {@code podtap ledger}: what taps and sensors count of themselves, read from their files and
 * metrics ports ({@code Statements}), set against each other ({@code Balance}) and printed. The
 * texts may come from the network: what is not understood is refused or left out, never believed.
 */
@NullMarked
package io.podtap.cli.ledger;

import org.jspecify.annotations.NullMarked;
