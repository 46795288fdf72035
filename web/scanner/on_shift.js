/** What an agent who is signed in needs: the lane, and the screens below it; loaded apart (`stages.js`). */

import { aboutScreen } from './screens/about.js';
import { agentsScreen } from './screens/agents.js';
import { helpScreen } from './screens/help.js';
import { laneScreen } from './screens/lane.js';
import { menuScreen } from './screens/menu.js';

export { Duty } from './duty.js';
export { showAlarms } from './screens/alarms.js';

export const SCREENS = {
  lane: laneScreen,
  menu: menuScreen,
  agents: agentsScreen,
  about: aboutScreen,
  help: helpScreen,
};
