#include <iostream>

#include "command.h"
#include "serve/data_dictionary.h"
#include "serve/words.h"

namespace mimamori {

void add_docs(CLI::App& app, int& exit_code) {
  CLI::App* docs = app.add_subcommand("docs", words("cli.docs"));
  docs->require_subcommand(1);
  CLI::App* dictionary = docs->add_subcommand("data-dictionary", words("cli.docs.data_dictionary"));
  dictionary->callback([&exit_code] {
    const Result<std::string> text = data_dictionary_markdown();
    if (!text.ok()) {
      exit_code = report_error(text.error());
      return;
    }
    std::cout << *text;
  });
}

}  // namespace mimamori
