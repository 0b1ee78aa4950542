/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;

/** A running program that answers each line of its input with one line. */
final class Dialogue {

  private final BufferedWriter input;
  private final BufferedReader output;

  Dialogue(Process process) {
    input = process.outputWriter();
    output = process.inputReader();
  }

  /** Sends a line and returns the numbers of the answer. */
  synchronized double[] ask(String line) throws IOException {
    input.write(line);
    input.newLine();
    input.flush();
    String answer = output.readLine();
    if (answer == null) {
      throw new IOException("a helper program of the benchmark ended");
    }
    String[] words = answer.strip().split(" ", -1);
    double[] numbers = new double[words.length];
    for (int i = 0; i < words.length; i++) {
      try {
        numbers[i] = Double.parseDouble(words[i]);
      } catch (NumberFormatException e) {
        throw new IOException("a helper program of the benchmark said: " + answer, e);
      }
    }
    return numbers;
  }
}
