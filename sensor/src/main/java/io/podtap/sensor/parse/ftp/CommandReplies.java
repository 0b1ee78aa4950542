/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ftp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which replies a command may have, to find the command that a reply belongs to among several that
 * wait.
 *
 * @see "RFC 959 section 5.4; RFC 1639; RFC 2389; RFC 2428; RFC 3659; Zeek: utils-commands.zeek"
 */
final class CommandReplies {

  private static final int SYNTAX_ERROR = 500;
  private static final List<Integer> OF_TRANSFERS =
      List.of(125, 150, 226, 250, 421, 425, 426, 450, 451, 501, 530, 550);
  private static final List<Integer> OF_SETTINGS = List.of(200, 421, 501, 504, 530);
  private static final List<Integer> OF_FOLDERS = List.of(421, 501, 502, 530, 550);

  private static final Map<String, List<Integer>> REPLIES =
      Map.ofEntries(
          Map.entry(FtpCommand.GREETING, List.of(120, 220, 421, 0)),
          Map.entry("USER", List.of(230, 331, 332, 421, 530, 501)),
          Map.entry("PASS", List.of(230, 202, 332, 421, 530, 501, 503)),
          Map.entry("ACCT", List.of(230, 202, 421, 530, 501, 503)),
          Map.entry("CWD", with(OF_FOLDERS, 250)),
          Map.entry("CDUP", with(OF_FOLDERS, 200, 250)),
          Map.entry("SMNT", with(OF_FOLDERS, 202, 250)),
          Map.entry("REIN", List.of(120, 220, 421, 502)),
          Map.entry("QUIT", List.of(221, 0)),
          Map.entry("PORT", List.of(200, 421, 501, 530)),
          Map.entry("PASV", List.of(227, 421, 501, 502, 530)),
          Map.entry("MODE", with(OF_SETTINGS, 502)),
          Map.entry("TYPE", OF_SETTINGS),
          Map.entry("STRU", OF_SETTINGS),
          Map.entry("ALLO", with(OF_SETTINGS, 202)),
          Map.entry("REST", List.of(200, 350, 421, 501, 502, 530)),
          Map.entry("STOR", with(OF_TRANSFERS, 110, 551, 552, 532, 452, 553)),
          Map.entry("STOU", with(OF_TRANSFERS, 110, 551, 552, 532, 452, 553)),
          Map.entry("RETR", with(OF_TRANSFERS, 110)),
          Map.entry("LIST", with(OF_TRANSFERS, 502)),
          Map.entry("NLST", with(OF_TRANSFERS, 502)),
          Map.entry("APPE", with(OF_TRANSFERS, 551, 552, 532, 452, 553, 502)),
          Map.entry("RNFR", List.of(350, 421, 450, 550, 501, 502, 530)),
          Map.entry("RNTO", List.of(250, 421, 532, 553, 501, 502, 503, 530)),
          Map.entry("DELE", with(OF_FOLDERS, 250, 450)),
          Map.entry("RMD", with(OF_FOLDERS, 250)),
          Map.entry("MKD", with(OF_FOLDERS, 257)),
          Map.entry("PWD", List.of(257, 421, 501, 502, 550)),
          Map.entry("ABOR", List.of(225, 226, 421, 501, 502)),
          Map.entry("SYST", List.of(215, 421, 501, 502, 530)),
          Map.entry("STAT", List.of(211, 212, 213, 421, 450, 501, 502, 530)),
          Map.entry("HELP", List.of(200, 211, 214, 421, 501, 502)),
          Map.entry("SITE", List.of(200, 202, 214, 501, 502, 530)),
          Map.entry("NOOP", List.of(200, 421)),
          Map.entry("LPRT", List.of(501, 521)),
          Map.entry("FEAT", List.of(211, 502)),
          Map.entry("OPTS", List.of(200, 451, 501)),
          Map.entry("EPSV", List.of(229, 501)),
          Map.entry("EPRT", List.of(200, 501, 522)),
          Map.entry("SIZE", List.of(213, 501, 550)),
          Map.entry("MDTM", List.of(213, 501, 550)),
          Map.entry("MLST", List.of(150, 226, 250, 501, 550)),
          Map.entry("MLSD", List.of(150, 226, 250, 501, 550)),
          Map.entry("CLNT", List.of(200)),
          Map.entry("MACB", List.of(200, 550)));

  private CommandReplies() {}

  private static List<Integer> with(List<Integer> common, Integer... more) {
    List<Integer> all = new ArrayList<>(common);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  static boolean isKnown(String command) {
    return REPLIES.containsKey(command);
  }

  /** Returns how well a reply fits a command. */
  private static int score(FtpCommand command, int code, String text) {
    List<Integer> fitting = REPLIES.getOrDefault(command.name(), List.of());
    int score = code == SYNTAX_ERROR || fitting.contains(code) ? 100 : 0;
    score += text.contains(command.name()) ? 20 : 0;
    score += text.contains(command.argument()) ? 10 : 0;
    return score;
  }

  /** Returns the command that a reply fits best, of equal ones the first, or none. */
  static FtpCommand best(Iterable<FtpCommand> waiting, int code, String text) {
    FtpCommand best = FtpCommand.NONE;
    int bestScore = -1;
    for (FtpCommand command : waiting) {
      int score = score(command, code, text);
      if (score > bestScore) {
        bestScore = score;
        best = command;
      }
    }
    return best;
  }

  /** Returns the last number in a reply, or 0. */
  static long lastNumber(String text) {
    int end = text.length();
    while (end > 0 && Character.digit(text.charAt(end - 1), 10) < 0) {
      end--;
    }
    int start = end;
    while (start > 0 && end - start < 18 && Character.digit(text.charAt(start - 1), 10) >= 0) {
      start--;
    }
    return start == end ? 0 : Long.parseLong(text.substring(start, end));
  }
}
