// Why a tree or site has its need: the sentences of geo/forestry/needs.toml, each with a short form for lists.
import { gettext, gettext_noop } from "../ui/gettext.js";

const ASKED = gettext_noop("asked for in the inventory");
/** The short form of each reason; empty where the need says it all. @type {Record<string, string>} */
const SHORT_REASONS = {
  [gettext_noop("The inventory asks for work on the stump.")]: ASKED,
  [gettext_noop("The inventory asks to remove a part of the tree or something on it. That is pruning, not a removal.")]: ASKED,
  [gettext_noop("The inventory asks for removal.")]: ASKED,
  [gettext_noop("The tree is dead, but the inventory says not to remove it. An arborist must decide.")]: gettext_noop("dead, but not to be removed"),
  [gettext_noop("The inventory speaks of removal, but does not surely ask for it. An arborist must decide.")]: gettext_noop("perhaps a removal"),
  [gettext_noop("The tree is dead.")]: gettext_noop("dead tree"),
  [gettext_noop("The inventory asks for pruning.")]: ASKED,
  [gettext_noop("The inventory reports a clearance problem.")]: gettext_noop("clearance problem"),
  [gettext_noop("The inventory asks for another inspection.")]: ASKED,
  [gettext_noop("Its risk is rated high or extreme, and no work is listed. An arborist must decide.")]: gettext_noop("high risk, no work listed"),
  [gettext_noop("Its condition is poor or critical, and no work is listed. An arborist must decide.")]: gettext_noop("poor condition, no work listed"),
  [gettext_noop("The table of needs does not have the inventory's words on maintenance.")]: gettext_noop("unclear words in the inventory"),
  [gettext_noop("Rated fair or better, and no work is listed.")]: gettext_noop("fair or better"),
  [gettext_noop("The inventory says that no work is needed.")]: "",
  [gettext_noop("Neither its condition nor any work is recorded.")]: "",
  [gettext_noop("A stump stands here.")]: "",
  [gettext_noop("The site is empty and can be planted.")]: "",
  [gettext_noop("The site is retired.")]: gettext_noop("retired site"),
  [gettext_noop("The inventory says that a tree stands here, but none is on record.")]: gettext_noop("no tree on record"),
  [gettext_noop("Nobody recorded what is here.")]: "",
};

/** Returns the sentence on why a tree or site has its need; null if none is recorded. @param {import("../map/page-config.js").Properties} properties */
export function needReason({ need_rule: reason }) {
  return reason ? gettext(String(reason)) : null;
}

/** Returns the reason of a need in a few words; empty where the need says it all. @param {import("../map/page-config.js").Properties} properties */
export function shortNeedReason({ need_rule: reason }) {
  const shortReason = SHORT_REASONS[reason] ?? reason; // a forester may have added a rule
  return shortReason ? gettext(String(shortReason)) : "";
}
