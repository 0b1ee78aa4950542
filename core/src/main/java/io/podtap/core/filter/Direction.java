/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import static io.podtap.core.filter.BpfProgram.ABSOLUTE;
import static io.podtap.core.filter.BpfProgram.ANCILLARY;
import static io.podtap.core.filter.BpfProgram.JUMP_EQUAL;
import static io.podtap.core.filter.BpfProgram.LD;
import static io.podtap.core.filter.BpfProgram.RET;
import static io.podtap.core.filter.BpfProgram.WORD;

import io.podtap.core.config.SettingsException;

/**
 * Which way packets pass an interface, seen from the host or pod that it belongs to. The kernel
 * tells by the packet's kind: {@code PACKET_OUTGOING} is what this host sends, every other kind
 * comes from outside.
 *
 * @see "packet(7) (sll_pkttype); linux/filter.h (SKF_AD_PKTTYPE)"
 */
public enum Direction {
  /** What the interface receives. */
  IN,
  /** What is sent through the interface. */
  OUT,
  /** All. */
  BOTH;

  /**
   * Returns a program that refuses the other direction and leaves the rest to {@code user}.
   *
   * @throws SettingsException when the result is longer than the kernel takes
   */
  public BpfProgram restrict(BpfProgram user) {
    if (this == BOTH) {
      return user;
    }
    Assembler code = new Assembler();
    int pass = code.label();
    code.statement(LD | WORD | ABSOLUTE, ANCILLARY + BpfProgram.ANCILLARY_PACKET_KIND);
    if (this == OUT) {
      code.jumpIf(JUMP_EQUAL, BpfProgram.PACKET_OUTGOING, pass);
    } else {
      code.jumpUnless(JUMP_EQUAL, BpfProgram.PACKET_OUTGOING, pass);
    }
    code.statement(RET, 0);
    code.place(pass);
    code.append(user);
    if (code.size() > BpfProgram.INSTRUCTIONS_MAX) {
      throw new SettingsException(
          "a filter of " + user.size() + " instructions leaves no room for a direction");
    }
    return code.assemble();
  }
}
