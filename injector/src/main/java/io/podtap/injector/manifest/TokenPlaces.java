/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.scanner.Scanner;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.tokens.Token;

/**
 * A scanner that remembers where dashes, question marks and aliases stand, which no node says.
 * Places are indices of code points.
 */
final class TokenPlaces implements Scanner {

  /**
   * A piece of the text.
   *
   * @param end behind its last character
   */
  record Range(int start, int end) {}

  /** Marks say where things stand; what bounds memory is {@link Outline}. */
  static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setUseMarks(true)
          .setCodePointLimit(Integer.MAX_VALUE)
          .setMaxAliasesForCollections(1_000)
          .setAllowNonScalarKeys(true)
          .build();

  private final Scanner scanner;
  private final boolean isKept;
  private final List<Integer> dashes = new ArrayList<>();
  private final List<Range> aliases = new ArrayList<>();
  private final Map<Integer, Integer> questionMarks = new HashMap<>();
  private int lastDash = -1;
  private int lastKey = -1;

  /**
   * @param isKept whether all places are kept, or the last dash alone
   */
  TokenPlaces(String text, boolean isKept) {
    scanner = new ScannerImpl(SETTINGS, new StreamReader(SETTINGS, text));
    this.isKept = isKept;
  }

  /** Returns the dashes of block sequences, ascending. */
  List<Integer> dashes() {
    return dashes;
  }

  /** Returns the aliases, ascending. */
  List<Range> aliases() {
    return aliases;
  }

  /** Returns question marks of explicit keys, by where the key itself begins. */
  Map<Integer, Integer> questionMarks() {
    return questionMarks;
  }

  /** Returns the dash that was taken last. */
  int lastDash() {
    return lastDash;
  }

  @Override
  public Token next() {
    Token token = scanner.next();
    int start = token.getStartMark().map(Mark::getIndex).orElse(0);
    if (isKept && lastKey >= 0 && start > lastKey) {
      questionMarks.put(start, lastKey);
    }
    lastKey = token.getTokenId() == Token.ID.Key ? start : -1;
    if (token.getTokenId() == Token.ID.BlockEntry) {
      lastDash = start;
      if (isKept) {
        dashes.add(start);
      }
    } else if (isKept && token.getTokenId() == Token.ID.Alias) {
      aliases.add(new Range(start, token.getEndMark().map(Mark::getIndex).orElse(start)));
    }
    return token;
  }

  @Override
  public boolean checkToken(Token.ID... choices) {
    return scanner.checkToken(choices);
  }

  @Override
  public Token peekToken() {
    return scanner.peekToken();
  }

  @Override
  public boolean hasNext() {
    return scanner.hasNext();
  }

  @Override
  public void resetDocumentIndex() {
    scanner.resetDocumentIndex();
  }
}
