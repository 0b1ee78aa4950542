/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.source;

import io.podtap.core.capture.FrameSource;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.BpfProgram;
import io.podtap.core.filter.Direction;
import io.podtap.core.filter.LoopGuard;
import io.podtap.tap.ledger.InterfaceLedger;
import java.util.List;

/** A source of frames with what a tap needs around it. One thread. */
public interface TapSource extends FrameSource {

  /** Waits until {@link #poll} may have something, at most so long. */
  void await(int timeoutMs);

  /** Takes no further frame; {@link #poll} hands over what is left and then ends. */
  void stop();

  /** Ends a wait within {@link #poll}, with which it takes no further frame. Any thread. */
  void interrupt();

  /** Looks after the interfaces; to be called a few times a second. */
  void maintain();

  /**
   * Leaves out other packets of the tap's own from the next frame on.
   *
   * @throws io.podtap.core.linux.LinuxException when the kernel refuses
   * @throws IllegalArgumentException when it is too much for the kernel beside the user's filter
   */
  void guard(LoopGuard guard);

  /**
   * Compiles a filter for each interface, without using it. Any thread.
   *
   * @throws SettingsException when it is invalid, or this source's filter cannot change
   */
  default List<BpfProgram> compile(String filter, Direction direction) {
    throw new SettingsException("the filter of " + ledgers().getFirst().name() + " cannot change");
  }

  /**
   * Uses other filters from the next frame on.
   *
   * @param programs one for each interface, as {@link #compile} has made them
   * @throws IllegalArgumentException when one is too much for the kernel beside the guard; the
   *     present ones stay
   */
  default void filter(List<BpfProgram> programs) {}

  /** Returns an empty ledger for each interface, in the order of their indexes. */
  List<InterfaceLedger> ledgers();

  /** Returns the longest IP packet that each interface sends; 0 where that is not known. */
  default int[] mtus() {
    return new int[ledgers().size()];
  }

  /** Brings the ledgers up to date with the source's counters. */
  void readStatistics();

  /** Returns what went wrong with the source, or an empty text. */
  String problem();

  /** Returns which of its interfaces are gone, or an empty text. */
  default String absence() {
    return "";
  }
}
