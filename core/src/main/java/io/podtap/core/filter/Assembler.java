/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.filter;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes instructions with forward labels. A jump to a label is a short conditional jump over a
 * long unconditional one, so that a label may be any distance away. One thread.
 */
final class Assembler {

  private static final long UNSET = -1;

  private final List<Long> instructions = new ArrayList<>();
  private final List<Long> jumps = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  /** Returns a new label, to be {@link #place}d once, behind every jump to it. */
  int label() {
    labels.add((int) UNSET);
    return labels.size() - 1;
  }

  /** Puts a label before the next instruction. */
  void place(int label) {
    labels.set(label, instructions.size());
  }

  void statement(int code, int k) {
    instructions.add(BpfProgram.statement(code, k));
  }

  /** Jumps when the comparison of A with {@code k} holds. */
  void jumpIf(int comparison, int k, int label) {
    instructions.add(BpfProgram.jump(BpfProgram.JMP | comparison, k, 0, 1));
    jump(label);
  }

  /** Jumps when the comparison of A with {@code k} does not hold. */
  void jumpUnless(int comparison, int k, int label) {
    instructions.add(BpfProgram.jump(BpfProgram.JMP | comparison, k, 1, 0));
    jump(label);
  }

  void jump(int label) {
    jumps.add((long) instructions.size() << 32 | label);
    instructions.add(BpfProgram.statement(BpfProgram.JMP, 0));
  }

  /** Appends a whole program; its jumps are relative and stay right. */
  void append(BpfProgram program) {
    for (long instruction : program.instructions()) {
      instructions.add(instruction);
    }
  }

  /** Returns how many instructions there are so far. */
  int size() {
    return instructions.size();
  }

  /** Resolves the labels. */
  BpfProgram assemble() {
    long[] result = instructions.stream().mapToLong(Long::longValue).toArray();
    for (long jump : jumps) {
      int from = (int) (jump >>> 32);
      int to = labels.get((int) jump);
      result[from] = BpfProgram.statement(BpfProgram.JMP, to - from - 1);
    }
    return new BpfProgram(result);
  }
}
