import { entry } from "./vite.shared";

export default entry("site");
