import { entry } from "./vite.shared";

export default entry("center");
