/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.testing.Rewriting;
import io.podtap.injector.testing.Spelling;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests of every spelling with bytes changed: written, or refused in one line. */
final class BrokenBytesTest {

  private static final int FILES = 400;
  private static final byte[] PIECES =
      "\n\r\t :-{}[],'\"#&*|>!%@`?<~.\0\u0085".getBytes(java.nio.charset.StandardCharsets.UTF_8);

  private static final String OBJECT =
      "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'a', 'annotations': null}, 'spec':"
          + " {'initContainers': [{'name': 'i', 'image': 'j'}], 'containers': [{'name': 'web',"
          + " 'image': 'nginx:1.29', 'args': ['a b']}], 'volumes': []}}";

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23})
  void areRefusedOrRewritten(long seed) throws Exception {
    Random random = new Random(seed);
    List<Spelling> spellings = Spelling.all();
    int written = 0;
    for (int i = 0; i < FILES; i++) {
      Spelling spelling = spellings.get(random.nextInt(spellings.size()));
      byte[] good = spelling.write(Tree.map(JsonText.read(OBJECT.replace('\'', '"'))));
      byte[] bytes = broken(random.nextInt(3) == 0 ? join(good, good) : good, random);
      Rewriting run = run("inject", bytes, seed, i);
      if (run.exitCode() == 2) {
        assertThat(run.said()).as("seed %d, file %d", seed, i).startsWith("podtap: ");
      } else {
        written++;
        assertThat(run("inject", run.bytes(), seed, i).bytes())
            .as("seed %d, file %d", seed, i)
            .isEqualTo(run.bytes());
      }
    }
    assertThat(written).isBetween(FILES / 20, FILES);
  }

  private static Rewriting run(String program, byte[] bytes, long seed, int file) {
    try {
      return Rewritings.run(program, bytes, "-f", "-");
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed "
              + seed
              + ", file "
              + file
              + ":\n"
              + new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1),
          e);
    }
  }

  private static byte[] join(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  private static byte[] broken(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(bytes.length);
      int length = random.nextInt(3) == 0 ? random.nextInt(30) : 1;
      byte piece =
          random.nextInt(4) == 0
              ? (byte) random.nextInt(256)
              : PIECES[random.nextInt(PIECES.length)];
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      int end = Math.min(bytes.length, at + (random.nextBoolean() ? 0 : length));
      out.write(bytes, 0, at);
      if (random.nextInt(4) > 0) {
        out.write(piece);
      }
      out.write(bytes, end, bytes.length - end);
      bytes = out.size() == 0 ? bytes : out.toByteArray();
    }
    return bytes;
  }
}
