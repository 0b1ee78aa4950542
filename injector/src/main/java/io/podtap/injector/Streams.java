/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import java.io.InputStream;
import java.io.PrintStream;

/** A program's standard input, output and error output, so that tests can hand it others. */
record Streams(InputStream in, PrintStream out, PrintStream log) {

  static Streams standard() {
    return new Streams(System.in, System.out, System.err);
  }
}
