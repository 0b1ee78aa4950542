/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import java.util.Locale;

/** Kinds of suspicious content. */
public enum ContentKind {
  /** A JNDI lookup that a vulnerable logger would make. */
  JNDI,
  /** The prompt or the messages of a shell that no protocol carries. */
  SHELL,
  /** The output of a command that tells who runs it, such as {@code id}. */
  COMMAND_OUTPUT,
  /** A message of a mining protocol. */
  MINING,
  /** A token of a Kubernetes service account. */
  TOKEN,
  /** A Secret of Kubernetes, a private key, or a password among variables. */
  SECRET,
  /** A form with a command, or code that executes one, which the server accepted. */
  COMMAND;

  /** Returns the name as content.log has it. */
  public String logName() {
    return name().toLowerCase(Locale.ROOT);
  }

  int bit() {
    return 1 << ordinal();
  }
}
