/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.help;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * One command as a manual page.
 *
 * @see "man-pages(7), man(7)"
 */
final class ManualPage {

  private final StringBuilder text = new StringBuilder();

  private ManualPage() {}

  static String of(CommandLine command) {
    ManualPage page = new ManualPage();
    page.write(command);
    return page.text.toString();
  }

  private void write(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    String name = spec.qualifiedName("-");
    String[] version = spec.root().version();
    line(
        ".TH "
            + name.toUpperCase(Locale.ROOT)
            + " 1 \"\" \""
            + (version.length > 0 ? version[0] : "")
            + "\"");
    line(".SH NAME");
    String[] description = spec.usageMessage().description();
    plain(name + " \\- " + escaped(description.length > 0 ? rendered(description[0]) : name));
    line(".SH SYNOPSIS");
    plain("\\fB" + escaped(spec.qualifiedName(" ")) + "\\fR " + escaped(arguments(spec)));
    line(".SH DESCRIPTION");
    for (String paragraph : description) {
      line(".PP");
      plain(escaped(rendered(paragraph)));
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      entry(escaped(parameter.paramLabel()), parameter);
    }
    for (Map.Entry<String, List<OptionSpec>> group : OptionGroups.of(spec).entrySet()) {
      line(".SH " + group.getKey().toUpperCase(Locale.ROOT));
      group.getValue().forEach(option -> entry(names(option), option));
    }
    programs(command);
    environment(spec);
  }

  private static String arguments(CommandSpec spec) {
    StringBuilder words = new StringBuilder();
    words.append(spec.subcommands().isEmpty() ? "[OPTIONS]" : "COMMAND [OPTIONS]");
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      boolean isMany = parameter.arity().max() > 1;
      String label = parameter.paramLabel() + (isMany ? "..." : "");
      words.append(' ').append(parameter.required() ? label : '[' + label + ']');
    }
    return words.toString();
  }

  private static String names(OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String name : option.names()) {
      names.append(names.isEmpty() ? "" : ", ").append("\\fB").append(escaped(name)).append("\\fR");
    }
    return option.arity().max() > 0
        ? names + " \\fI" + escaped(option.paramLabel()) + "\\fR"
        : names.toString();
  }

  private void entry(String term, ArgSpec argument) {
    line(".TP");
    plain(term);
    for (String paragraph : argument.description()) {
      plain(escaped(rendered(paragraph)));
    }
  }

  private void programs(CommandLine command) {
    boolean isFirst = true;
    for (Map.Entry<String, CommandLine> program : command.getSubcommands().entrySet()) {
      String[] description = program.getValue().getCommandSpec().usageMessage().description();
      if (program.getValue().getCommandSpec().usageMessage().hidden() || description.length == 0) {
        continue;
      }
      if (isFirst) {
        line(".SH COMMANDS");
        isFirst = false;
      }
      line(".TP");
      plain("\\fBpodtap\\-" + escaped(program.getKey()) + "\\fR(1)");
      plain(escaped(rendered(description[0])));
    }
  }

  private void environment(CommandSpec spec) {
    if (spec.parent() != null) {
      line(".SH ENVIRONMENT");
      plain(
          "Every option can be set by a variable: \\fB\\-\\-count\\-json\\fR is PODTAP_COUNT_JSON. The"
              + " command line takes precedence.");
      line(".SH EXIT STATUS");
      plain("0: success. 1: failed later, or found a problem. 2: invalid options or input.");
      line(".SH SEE ALSO");
      plain("\\fBpodtap\\fR(1)");
    }
  }

  /** What picocli's formats say, without its variables' syntax. */
  private static String rendered(String text) {
    return text.replace("%n", " ").replace("%%", "%").replace("$$", "$");
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }

  /** Adds a line of text, which may not look like a request. */
  private void plain(String words) {
    boolean isRequest = words.startsWith(".") || words.startsWith("'");
    line((isRequest ? "\\&" : "") + words);
  }

  private void line(String words) {
    text.append(words).append('\n');
  }
}
