/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

/** Work that a tap does in slices while there is nothing to mirror. The hot thread. */
public interface IdleWork extends AutoCloseable {

  /** Returns whether nothing is left to do. */
  boolean isDone();

  /** Does some of it: a few milliseconds, for which the first real frame may have to wait. */
  void slice();

  /** Returns how long to wait for frames after a slice, milliseconds. */
  int restMs();

  /** Gives back what the work has taken. */
  @Override
  void close();
}
