/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Payload;

/** Reads one file from its first byte on. One thread. */
public interface FileReader {

  /**
   * Takes the next bytes; they may be left where they are.
   *
   * @return whether more is wanted
   */
  boolean data(Payload data);

  /**
   * Says that {@code length} bytes are missing in front of the next ones.
   *
   * @return whether more is wanted
   */
  boolean gap(long length);

  /** Ends the file, once: writes the record and gives back what is held. */
  void end();
}
