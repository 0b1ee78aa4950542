/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.injector.inject.TapPolicy;
import io.podtap.tap.command.TapCommand;
import java.util.Objects;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives a program with {@link TapOptions} an option for each {@link TapPolicy}, in the words of
 * {@code podtap tap}. Picocli makes it.
 */
public final class PolicyOptions implements IModelTransformer {

  @Override
  public CommandSpec transform(CommandSpec command) {
    CommandSpec tap = CommandSpec.forAnnotatedObject(new TapCommand());
    for (CommandSpec mixin : command.mixins().values()) {
      if (mixin.userObject() instanceof TapOptions options) {
        for (TapPolicy policy : TapPolicy.values()) {
          command.addOption(
              option(policy, options, Objects.requireNonNull(tap.findOption(policy.option()))));
        }
      }
    }
    return command;
  }

  private static OptionSpec option(TapPolicy policy, TapOptions options, OptionSpec ofTap) {
    String[] description =
        policy.description().isEmpty() ? ofTap.description() : new String[] {policy.description()};
    return OptionSpec.builder(policy.programOption())
        .paramLabel(ofTap.paramLabel())
        .description(description)
        .type(String.class)
        .setter(new Given(policy, options))
        .build();
  }

  /** Takes what picocli reads; nothing where the option is not given. */
  private record Given(TapPolicy policy, TapOptions options) implements ISetter {

    @Override
    public <T> T set(T value) {
      options.policy(policy, Objects.toString(value, ""));
      return value;
    }
  }
}
