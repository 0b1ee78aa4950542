/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Payload;

/** One file under way: named by its content, hashed, counted. One thread. */
public interface FileStream {

  /** Returns the unique id, as in {@code files.log}: F and the rest. */
  String fuid();

  /** Says what kind of file it is when the protocol is certain of it; content decides otherwise. */
  void mimeType(String mimeType);

  /** Returns what kind of file it is by its first bytes, or an empty text while that is unknown. */
  String mimeType();

  /** Says how long the file will be, as the protocol tells. */
  void totalBytes(long length);

  /** Names who looked at it, as in Zeek's column of that name: {@code X509}. */
  void analyzedBy(String analyzer);

  /** Takes the next bytes. */
  void data(Payload data);

  /** Says that {@code length} bytes will never come. */
  void gap(long length);

  /** Ends the file and writes its record. */
  void end();
}
