/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import io.podtap.sensor.parse.files.FileStream;
import org.jspecify.annotations.Nullable;

/**
 * What the control connection learns of a data connection: the id of its file once bytes have come,
 * and what kind it is once that is known. Each belongs to the record that is written next. One
 * thread.
 */
final class Transfer {

  private final FtpRow row;
  private boolean typeTold;

  Transfer(FtpRow row) {
    this.row = row;
  }

  /** Notes that a file has begun. */
  void begun(FileStream file) {
    row.fuid = file.fuid();
    typeTold = false;
  }

  /** Notes what kind of file it is, once. */
  void typed(@Nullable FileStream file) {
    if (file != null && !typeTold && !file.mimeType().isEmpty()) {
      typeTold = true;
      row.mimeType = file.mimeType();
    }
  }
}
