/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.nio.file.Path;
import java.util.List;

/**
 * What {@code podtap pki} makes for a sensor and the taps of namespace {@code shop}.
 *
 * @param folder of all
 */
record Certificates(Path folder) {

  static final String SENSOR = "sensor";
  static final String TAP = "tap-shop";

  /** Makes them below {@code folder}, for a sensor at {@code address}. */
  static Certificates make(Path folder, String address) {
    Path target = folder.resolve("pki");
    Commands.run(
        Program.launcher().toString(),
        "pki",
        "--dir",
        target.toString(),
        "--sensor",
        address,
        "--tap",
        "shop");
    return new Certificates(target);
  }

  /** Returns a file of {@link #SENSOR} or {@link #TAP}: tls.crt, tls.key or ca.crt. */
  String file(String whose, String name) {
    return folder.resolve(whose).resolve(name).toString();
  }

  /** Returns the options of a program that is {@link #SENSOR} or {@link #TAP}. */
  List<String> options(String whose) {
    return List.of(
        "--cert",
        file(whose, "tls.crt"),
        "--key",
        file(whose, "tls.key"),
        "--ca",
        file(whose, "ca.crt"));
  }
}
