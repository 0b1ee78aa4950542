/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import java.util.ArrayList;
import java.util.List;

/** Paths as a server would read them. */
final class FtpPath {

  private static final int LENGTH_MAX = 4 << 10;

  private FtpPath() {}

  /** Returns where {@code file} is for somebody in {@code folder}. */
  static String resolve(String folder, String file) {
    String whole = file.startsWith("/") ? file : folder + '/' + file;
    String path = compress(whole);
    return path.length() > LENGTH_MAX ? path.substring(0, LENGTH_MAX) : path;
  }

  /** Takes out empty steps, single dots but a first one, and steps that are gone back. */
  private static String compress(String path) {
    List<String> steps = new ArrayList<>();
    boolean absolute = path.startsWith("/");
    for (String step : path.split("/", -1)) {
      boolean nothing = step.isEmpty() || (step.equals(".") && (absolute || !steps.isEmpty()));
      if (step.equals("..") && !steps.isEmpty() && !steps.getLast().equals("..")) {
        steps.removeLast();
      } else if (!nothing && !(step.equals("..") && absolute)) {
        steps.add(step);
      }
    }
    return (absolute ? "/" : "") + String.join("/", steps);
  }

  /** Returns what stands in the quotes of a reply to PWD, or an empty text. */
  static String quoted(String reply) {
    int first = reply.indexOf('"');
    int last = reply.lastIndexOf('"');
    return first < last ? reply.substring(first + 1, last) : "";
  }
}
